package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "dev"

// versionJSON is what `bulkpay version --json` prints.
type versionJSON struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	System   string `json:"system"`
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which bulkpay this is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := versionJSON{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, setting := range info.Settings {
					switch setting.Key {
					case "vcs.revision":
						v.Revision = setting.Value
					case "vcs.modified":
						v.Modified = setting.Value == "true"
					}
				}
			}
			if a.json {
				return a.printJSON(v)
			}
			a.tell("bulkpay %s %s %s %s\n", v.Version, orDash(v.Revision), v.Go, v.System)
			return a.told()
		},
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
