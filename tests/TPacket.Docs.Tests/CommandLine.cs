using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

/// <summary>A line of a page that a reader types into a shell: its page and its words, without the program's name.</summary>
internal sealed partial record CommandLine(string Page, string Program, string[] Words)
{
    /// <summary>The words behind <c>--</c>, which are the arguments of the program that <c>dotnet run</c> starts.</summary>
    public string[] Arguments => [.. Words.SkipWhile(static word => word != "--").Skip(1)];

    /// <summary>The words before <c>--</c>.</summary>
    public string[] Own => [.. Words.TakeWhile(static word => word != "--")];

    public override string ToString() => $"{Page}: {Program} {string.Join(' ', Words)}";

    /// <summary>The value behind an option, or null.</summary>
    public string? ValueOf(params string[] options) => Own.SkipWhile(word => !options.Contains(word)).Skip(1).FirstOrDefault();

    /// <summary>The command lines in the fenced blocks of a page. Text in a second column explains a command, and is left out.</summary>
    public static IEnumerable<CommandLine> Of(string page, string text) =>
        from Match block in Block().Matches(text.ReplaceLineEndings("\n"))
        from line in block.Groups[1].Value.Split('\n')
        from command in Column().Split(line.Trim())[0].Split(" && ")
        let words = Word().Matches(command).Select(static word => word.Value).ToArray()
        where words is ["dotnet" or "tpacket" or "npm", _, ..]
        select new CommandLine(page, words[0], words[1..]);

    // Blocks without a language, or of a shell.
    [GeneratedRegex(@"^ *```(?:|sh|bash)\n(.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(" {3,}")]
    private static partial Regex Column();

    [GeneratedRegex(@"""[^""]*""|\S+")]
    private static partial Regex Word();
}
