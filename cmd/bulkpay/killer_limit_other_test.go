//go:build !linux && !darwin

package main

const canLimitFiles = false

func limitFiles(string) { panic("files cannot be limited here") }
