using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The matrix in docs/clients.md is the one that is tested.</summary>
public class DocumentTests
{
    private const string Tested = "✓";

    [Fact]
    public async Task The_page_has_a_mark_for_each_cell_and_no_other()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(TypeScriptPackage.Folder, "..", "..", "docs", "clients.md"));
        var rows = page.SkipWhile(static line => !line.StartsWith("| server |", StringComparison.Ordinal)).Skip(2).TakeWhile(static line => line.StartsWith('|'));

        Assert.Equal(
            from row in Cells.All select string.Join(" | ", Name((ServerKind)row[0]), Name((Wire)row[1]), Tested, Tested, Mark(row)),
            from row in rows select string.Join(" | ", row.Trim('|').Split('|').Select(static cell => cell.Trim())));
    }

    private static string Mark(object[] row) => Cells.OfBrowsers.Any(row.SequenceEqual) ? Tested : "–";

    private static string Name(ServerKind kind) => kind switch
    {
        ServerKind.Standalone => "TPacket.Server",
        ServerKind.KestrelHttp1 => "TPacket.AspNetCore, HTTP/1.1",
        _ => "TPacket.AspNetCore, HTTP/2",
    };

    private static string Name(Wire wire) => wire switch
    {
        Wire.Plain => "plain",
        Wire.Compressed => "compressed",
        _ => "TLS",
    };
}
