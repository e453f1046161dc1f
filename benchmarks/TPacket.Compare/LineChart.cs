using System.Globalization;
using System.Text;

namespace TPacket.Compare;

/// <summary>
/// Draws a curve as SVG. The x axis has the growing value, logarithmic for a wide range; the y axis has the cost from zero. Readable on light
/// and dark backgrounds.
/// </summary>
internal static class LineChart
{
    private const int Width = 640;
    private const int Height = 280;
    private const int Left = 56;
    private const int Right = 24;
    private const int Top = 40;
    private const int Bottom = 48;
    private const string Ink = "#808080";
    private const string Line = "#2f81f7";

    /// <param name="curve">The curve.</param>
    /// <param name="what">The title of the y axis.</param>
    /// <param name="unit">The unit of the y axis.</param>
    public static string Draw(Curve curve, string what = "µs a message", string unit = "µs")
    {
        var highest = NiceAbove(curve.Points.Max(point => point.Measurement.Cost));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"{Ink}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{curve.Title}: {what}</title>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" font-size=\"14\">{curve.Title}: {what}</text>\n");
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = highest * tick / 4;
            var y = Y(value, highest);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {y:F1}H{Width - Right}\" stroke=\"{Ink}\" stroke-opacity=\"0.3\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{value:0.##}</text>\n");
        }

        foreach (var (at, _) in curve.Points)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(at, curve):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{at:N0}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">{curve.Unit}</text>\n");
        var path = string.Join('L', curve.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.At, curve):F1} {Y(point.Measurement.Cost, highest):F1}")));
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{path}\" fill=\"none\" stroke=\"{Line}\" stroke-width=\"2\"/>\n");
        foreach (var (at, measurement) in curve.Points)
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(at, curve):F1}\" cy=\"{Y(measurement.Cost, highest):F1}\" r=\"3\" fill=\"{Line}\"><title>{measurement.Cost:F2} {unit}</title></circle>\n");
        return svg.Append("</svg>\n").ToString();
    }

    private static double X(int at, Curve curve)
    {
        var (first, last) = (Scale(curve.Points[0].At, curve), Scale(curve.Points[^1].At, curve));
        return Left + 24 + ((Scale(at, curve) - first) / (last - first) * (Width - Left - Right - 48));
    }

    private static double Scale(int at, Curve curve) => curve.Points[0].At > 0 && curve.Points[^1].At > 10 * curve.Points[0].At ? Math.Log(at) : at;

    private static double Y(double value, double highest) => Height - Bottom - (value / highest * (Height - Top - Bottom));

    private static double NiceAbove(double value)
    {
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 2, 4, 6, 8, 10 }.First(step => step * magnitude >= value) * magnitude;
    }
}
