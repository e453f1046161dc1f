using System.Globalization;
using System.Text.RegularExpressions;
using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.Pages.Tests.Checkers;

/// <summary>The description of the parts in the sample's README.</summary>
public sealed partial class CheckersReadmeTests
{
    private static readonly string _folder = Path.Combine(TypeScriptPackage.Folder, "../../samples/Checkers");

    [Theory]
    [InlineData("Draughts", "*.cs")]
    [InlineData("Games", "*.cs")]
    [InlineData("Computer", "*.cs")]
    [InlineData("Pdn", "*.cs")]
    [InlineData("Web", "*.cs")]
    [InlineData("Commands", "*.cs")]
    [InlineData("wwwroot, scripts", "*.js")]
    [InlineData("wwwroot, styles", "*.css", "*.html")]
    public void The_readme_of_the_sample_has_the_number_of_lines_of_each_part(string part, params string[] patterns)
    {
        var lines = patterns.SelectMany(pattern => Directory.GetFiles(Path.Combine(_folder, part.Split(',')[0]), pattern))
            .Where(static file => !file.EndsWith(".min.js", StringComparison.Ordinal))
            .Sum(static file => File.ReadLines(file).Count());
        var row = Rows().Matches(File.ReadAllText(Path.Combine(_folder, "README.md"))).Single(row => row.Groups["part"].Value == part);
        Assert.Equal(lines.ToString(CultureInfo.InvariantCulture), row.Groups["lines"].Value.Replace(",", "", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_the_sample_names_each_module()
    {
        var page = File.ReadAllText(Path.Combine(_folder, "README.md"));
        Assert.All(Directory.GetFiles(Path.Combine(_folder, "wwwroot"), "*.js"), file => Assert.Contains(Path.GetFileName(file), page, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| \[(?<part>[^\]]+)\]\([^)]+\) \| (?<lines>[\d,]+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
