package calibration

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/gonum/stat/distuv"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The look of the picture: histograms side by side, a few in a row.
const (
	panelWidth  = 7 * vg.Centimeter
	panelHeight = 5 * vg.Centimeter
	panelsInRow = 3
)

var (
	barColor  = color.RGBA{0x4c, 0x78, 0xa8, 0xff}
	bandColor = color.RGBA{0xdd, 0xdd, 0xdd, 0xff}
)

// Plot is the rank histograms of all numbers as SVG. The band holds a bar of a
// calibrated posterior in 99 of 100 cases.
func Plot(reports []Report) ([]byte, error) {
	cols := min(panelsInRow, len(reports))
	rows := (len(reports) + cols - 1) / cols
	canvas := vgsvg.New(vg.Length(cols)*panelWidth, vg.Length(rows)*panelHeight)
	tiles := draw.Tiles{Rows: rows, Cols: cols, PadX: vg.Millimeter, PadY: vg.Millimeter}
	for i := range reports {
		p, err := panel(&reports[i])
		if err != nil {
			return nil, fmt.Errorf("plot the ranks of %s: %w", reports[i].Name, err)
		}
		p.Draw(tiles.At(draw.New(canvas), i%cols, i/cols))
	}
	var b bytes.Buffer
	_, err := canvas.WriteTo(&b)
	return b.Bytes(), err
}

// panel is the histogram of one number.
func panel(r *Report) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s  (p = %.2g)", r.Name, r.P)
	p.X.Label.Text, p.Y.Label.Text = "rank of the truth", "simulations"
	p.X.Min, p.X.Max, p.Y.Min = 0, 1, 0
	band, err := plotter.NewPolygon(band(r))
	if err != nil {
		return nil, err
	}
	band.Color, band.LineStyle.Width = bandColor, 0
	p.Add(band)
	width := 1 / float64(len(r.Histogram))
	for i, n := range r.Histogram {
		lo, hi, top := float64(i)*width, float64(i+1)*width, float64(n)
		bar, err := plotter.NewPolygon(plotter.XYs{{X: lo, Y: 0}, {X: hi, Y: 0}, {X: hi, Y: top}, {X: lo, Y: top}})
		if err != nil {
			return nil, err
		}
		bar.Color, bar.LineStyle.Color = translucent(barColor), barColor
		p.Add(bar)
		p.Y.Max = max(p.Y.Max, 1.1*top)
	}
	return p, nil
}

// translucent lets the band be seen through the bars.
func translucent(c color.RGBA) color.Color {
	return color.NRGBA{c.R, c.G, c.B, 0x80}
}

// band is where the bars of a calibrated posterior are: a bar is binomial.
func band(r *Report) plotter.XYs {
	bar := distuv.Binomial{N: float64(r.Trials), P: 1 / float64(len(r.Histogram))}
	lo, hi := bar.N, 0.0
	for k := range r.Trials + 1 {
		x := float64(k)
		if c := bar.CDF(x); c > level/2 {
			lo = min(lo, x)
		}
		if c := bar.CDF(x); c < 1-level/2 {
			hi = max(hi, x+1)
		}
	}
	return plotter.XYs{{X: 0, Y: lo}, {X: 1, Y: lo}, {X: 1, Y: hi}, {X: 0, Y: hi}}
}
