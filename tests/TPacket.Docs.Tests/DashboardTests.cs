using System.Text.Json;
using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

/// <summary>The dashboard of samples/Operations queries metrics that exist, by their Prometheus names.</summary>
public partial class DashboardTests
{
    [Fact]
    public void Every_metric_of_the_dashboard_exists_and_every_metric_is_on_it()
    {
        // Other tests compare the tables of both pages with the instruments of the code.
        var instruments = Pages.Rows("docs/extending.md", "Metrics").Concat(Pages.Rows("docs/persistence.md", "Metrics"))
            .ToDictionary(static cells => cells[0].Trim('`'), static cells => PrometheusNames(cells[0].Trim('`'), cells[1].Trim('`'), cells[2]));
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "dashboard", "tpacket.json")));
        var asked = Expressions(dashboard.RootElement).SelectMany(static expression => Metric().Matches(expression).Select(static metric => metric.Value)).Distinct().ToArray();

        Assert.NotEmpty(instruments);
        Assert.Empty(asked.Except(instruments.Values.SelectMany(static names => names)));
        Assert.Empty(instruments.Where(instrument => !instrument.Value.Intersect(asked).Any()).Select(static instrument => instrument.Key));
    }

    /// <summary>Returns the names by OpenTelemetry's rules for Prometheus: units in braces add no suffix, counters end with <c>_total</c>.</summary>
    private static string[] PrometheusNames(string name, string unit, string kind)
    {
        var metric = name.Replace('.', '_') + unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return kind switch
        {
            "counter" => [$"{metric}_total"],
            "histogram" => [$"{metric}_bucket", $"{metric}_sum", $"{metric}_count"],
            "up-down counter" or "gauge" => [metric],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No kind of instrument."),
        };
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => member.NameEquals("expr") || member.NameEquals("query") ? [member.Value.ToString()] : Expressions(member.Value)),
        _ => [],
    };

    [GeneratedRegex(@"\btpacket_\w+(?=[{,])")]
    private static partial Regex Metric();
}
