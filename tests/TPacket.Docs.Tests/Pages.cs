using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

/// <summary>The pages, and the compiled code that they quote.</summary>
internal static partial class Pages
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "pages");

    /// <summary>Every page by its path.</summary>
    public static IEnumerable<string> All => Directory.GetFiles(_folder, "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'));

    public static string Read(string page) => File.ReadAllText(Path.Combine(_folder, page)).ReplaceLineEndings("\n");

    /// <summary>Returns the blocks of C# in a page.</summary>
    public static IEnumerable<string> CSharpBlocks(string page) => CSharpBlock().Matches(Read(page)).Select(block => block.Groups[1].Value);

    /// <summary>Returns the cells of each table row of a page that begins with code.</summary>
    public static IEnumerable<string[]> Rows(string page, string heading)
    {
        var section = Regex.Match(Read(page), $@"^(#+) {Regex.Escape(heading)}\n(.*?)(?=^(?!\1#)#+ |\z)", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(section.Success, $"{page} has no section '{heading}'.");
        return section.Groups[2].Value.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells[0].StartsWith('`'));
    }

    /// <summary>
    /// Returns the compiled snippets by name: the code between <c>// begin-snippet: name</c> and <c>// end-snippet</c>. Parts with the same name in one file form one snippet,
    /// so that a snippet can begin with the file's usings.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Snippets()
    {
        var snippets = new Dictionary<string, string>();
        foreach (var text in SnippetFiles().Values)
        {
            foreach (var parts in Region().Matches(text).GroupBy(part => part.Groups[1].Value))
                snippets.Add(parts.Key, string.Join('\n', parts.Select(part => part.Groups[2].Value)));
        }

        // A page quotes this sample as a whole.
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Snippets", "Whole"), "*.cs"))
            snippets.Add(Path.GetFileName(file), File.ReadAllText(file));
        return snippets;
    }

    /// <summary>The texts of the files with snippets, by name.</summary>
    public static IReadOnlyDictionary<string, string> SnippetFiles() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Snippets"), "*.cs").ToDictionary(file => Path.GetFileName(file), file => File.ReadAllText(file).ReplaceLineEndings("\n"));

    /// <summary>Returns code without its layout.</summary>
    public static string Normalise(string code) => WhiteSpace().Replace(code, " ").Trim();

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^ *// begin-snippet: (\S+)\n(.*?)^ *// end-snippet", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
