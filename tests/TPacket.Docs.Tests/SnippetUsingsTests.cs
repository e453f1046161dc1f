using System.Text.RegularExpressions;

namespace TPacket.Docs.Tests;

/// <summary>
/// Code that begins a file or a program shows its usings. The file of such a snippet has only the implicit usings of an SDK besides, so that it compiles only if the snippet has all others. Unnecessary usings are errors of
/// the build.
/// </summary>
public partial class SnippetUsingsTests
{
    // Implicit in a web app. A program for Microsoft.NET.Sdk has none of these; its own implicit usings are implicit in these tests, too.
    private static readonly HashSet<string> _ofWebApps =
    [
        "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging", "System.Net.Http.Json",
    ];

    public static TheoryData<string> Names => [.. Beginnings()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Code_that_begins_a_file_has_the_usings_that_it_needs(string name)
    {
        var (path, text) = Pages.SnippetFiles().Single(file => NamesIn(file.Value).Contains(name));
        var own = Usings(Pages.Snippets()[name]).ToHashSet();
        var isConsole = Pages.Snippets()[name].Contains("Host.CreateApplicationBuilder(", StringComparison.Ordinal) || !BeginsWebOrType(Pages.Snippets()[name]);

        var hidden = Usings(text)
            .Where(used => !own.Contains(used) && !used.StartsWith("TPacket.Docs.Tests", StringComparison.Ordinal) && (isConsole || !_ofWebApps.Contains(used)));

        Assert.True(!hidden.Any(), $"{path} compiles '{name}' with what its readers do not see: {string.Join(", ", hidden)}");
    }

    [Theory]
    [InlineData("first-server")]
    [InlineData("web-server")]
    [InlineData("nick-policy")]
    [InlineData("client-join")]
    public void The_test_reads_programs_and_types(string name) => Assert.Contains(name, Beginnings());

    private static IEnumerable<string> Beginnings() => Pages.SnippetFiles().SelectMany(static file => NamesIn(file.Value)).Where(static name => BeginsFile(Pages.Snippets()[name]));

    /// <summary>Whether the code begins a file: a program, a type, or code with a using.</summary>
    private static bool BeginsFile(string code) => BeginsWebOrType(code) || code.Contains("Host.CreateApplicationBuilder(", StringComparison.Ordinal) || Usings(code).Any();

    private static bool BeginsWebOrType(string code) => code.Contains("WebApplication.CreateBuilder(", StringComparison.Ordinal) || Type().IsMatch(code);

    private static IEnumerable<string> Usings(string code) => Using().Matches(code).Select(match => match.Groups[1].Value);

    private static HashSet<string> NamesIn(string text) => [.. Begin().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^ *// begin-snippet: (\S+)", RegexOptions.Multiline)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(public|internal) .*\b(class|record|struct|interface|enum) ", RegexOptions.Multiline)]
    private static partial Regex Type();
}
