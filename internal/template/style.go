package template

import "github.com/xuri/excelize/v2"

// The colours are those of the reports.
const (
	inkColour   = "171B22"
	quietColour = "5A6472"
	lineColour  = "D5DAE1"
	headColour  = "2B3A4E"
	paleColour  = "E4E9F0"
	redColour   = "A3201A"
	badColour   = "F6D5D2"
	blankColour = "FBF0D0"
	fontFamily  = "Calibri"
)

// headerStyle is dark for what is required and pale for what is not.
func headerStyle(required bool) excelize.Style {
	ink, ground := inkColour, paleColour
	if required {
		ink, ground = "FFFFFF", headColour
	}
	return excelize.Style{
		Font:      &excelize.Font{Family: fontFamily, Bold: required, Color: ink},
		Fill:      solid(ground),
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1, WrapText: true},
		Border:    []excelize.Border{{Type: "right", Color: "FFFFFF", Style: 1}},
	}
}

func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}
