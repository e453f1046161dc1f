using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TPacket.Compare;

/// <summary>Formats measurements as Markdown tables.</summary>
internal static class Report
{
    private const string Begin = "<!-- measured: begin -->";
    private const string End = "<!-- measured: end -->";

    public static string Machine =>
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors ({ProcessorName}), {RuntimeInformation.FrameworkDescription}";

    private static string ProcessorName =>
        OperatingSystem.IsLinux() && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line ? line.Split(':')[1].Trim() : "unknown";

    public static string Table(IReadOnlyList<ComparedScenario> scenarios, IReadOnlyList<string> servers)
    {
        var table = new StringBuilder();
        table.Append("| | ").AppendJoin(" | ", servers.Select(server => server + ", µs")).Append(" | ")
            .AppendJoin(" | ", servers.Skip(1).Select(server => "of " + server)).Append(" | spread |\n");
        table.Append("| --- |").Insert(table.Length, " ---: |", 2 * servers.Count).Append('\n');
        foreach (var scenario in scenarios)
        {
            table.Append("| ").Append(scenario.Name).Append(" | ")
                .AppendJoin(" | ", scenario.ByServer.Select(measured => measured.Cost.ToString("F2", CultureInfo.InvariantCulture))).Append(" | ")
                .AppendJoin(" | ", Enumerable.Range(1, servers.Count - 1).Select(other => scenario.Ratio(other).ToString("F2", CultureInfo.InvariantCulture)))
                .Append(CultureInfo.InvariantCulture, $" | {scenario.ByServer.Max(measured => measured.Spread):P0} |\n");
        }

        return table.ToString();
    }

    /// <summary>Returns the table of <see cref="IdleMemory"/>.</summary>
    public static string Table(IReadOnlyList<double> memory, IReadOnlyList<string> servers, int members, string means = "")
    {
        var table = new StringBuilder();
        table.Append("| | ").AppendJoin(" | ", servers.Select(server => server + ", KiB")).Append(" |\n");
        table.Append("| --- |").Insert(table.Length, " ---: |", memory.Count).Append('\n');
        table.Append(CultureInfo.InvariantCulture, $"| an idle member of a room{means}, one of {members:N0} | ")
            .AppendJoin(" | ", memory.Select(bytes => (bytes / 1024).ToString("F2", CultureInfo.InvariantCulture))).Append(" |\n");
        return table.ToString();
    }

    public static string Table(Curve curve)
    {
        var table = new StringBuilder();
        table.Append("| ").Append(curve.Unit).Append(" | ").AppendJoin(" | ", curve.Points.Select(point => point.At.ToString("N0", CultureInfo.InvariantCulture))).Append(" |\n");
        table.Append("| --- |").Insert(table.Length, " ---: |", curve.Points.Count).Append('\n');
        table.Append("| µs a message | ").AppendJoin(" | ", curve.Points.Select(point => point.Measurement.Cost.ToString("F2", CultureInfo.InvariantCulture))).Append(" |\n");
        table.Append("| spread | ").AppendJoin(" | ", curve.Points.Select(point => point.Measurement.Spread.ToString("P0", CultureInfo.InvariantCulture))).Append(" |\n");
        table.Append("| messages a second | ").AppendJoin(" | ", curve.Points.Select(point => point.Measurement.Rate.ToString("N0", CultureInfo.InvariantCulture))).Append(" |\n");
        return table.ToString();
    }

    /// <summary>Replaces the measurements between the markers of a page.</summary>
    public static void Write(string page, string measured)
    {
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        File.WriteAllText(page, $"{text[..begin]}\n\n{measured.Trim()}\n\n{text[end..]}");
    }
}
