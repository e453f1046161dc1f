using System.Text.Json;
using System.Text.RegularExpressions;
using TPacket.Server;

namespace TPacket.Docs.Tests;

/// <summary>The pages' command lines name projects, packages, templates, options, settings and tests that exist. TPacket.Packages.Tests runs commands of the tutorials.</summary>
public sealed partial class CommandLineTests
{
    // Templates of the SDK, and what comes behind `dotnet new` beside a template.
    private static readonly string[] _newOfSdk = ["web", "console", "install"];

    private static readonly string? _root = Repository.Root();

    private static readonly CommandLine[] _lines = _root is null ? [] : [.. Pages().SelectMany(page => CommandLine.Of(Path.GetRelativePath(_root, page), File.ReadAllText(page)))];

    [Fact]
    public void Every_project_script_and_folder_of_a_command_exists()
    {
        if (_root is null)
            return; // Run from elsewhere: the repository is not there.
        var missing = from line in _lines
                      where line.Program == "dotnet" && line.Words[0] is "build" or "format" or "pack" or "publish" or "run" or "test"
                      from path in (string?[])[line.ValueOf("--project"), line.Own.Skip(1).FirstOrDefault(static word => Path.HasExtension(word) && word[0] != '-' || Folder().IsMatch(word))]
                      where path is not null && !Path.Exists(Path.Combine(_root, path)) && !_lines.Any(made => made.Page == line.Page && made.ValueOf("-o") == path)
                      select $"{line}: {path}";

        // A template makes a folder within the solution's.
        AssertNone(missing.Where(static line => !line.EndsWith(": FirstChat", StringComparison.Ordinal)));
        Assert.Contains(_lines, static line => line.ToString() == "README.md: dotnet run eng/three-nodes.cs");
        Assert.Contains(_lines, static line => line.ToString() == "README.md: dotnet run --project samples/WebChat");
    }

    [Fact]
    public void Every_package_and_template_of_a_command_exists()
    {
        if (_root is null)
            return; // Run from elsewhere: the repository is not there.
        var packages = Directory.GetDirectories(Path.Combine(_root, "src")).Concat(Directory.GetDirectories(Path.Combine(_root, "tools"))).Select(static folder => Path.GetFileName(folder)!)
            .Concat(PackageVersion().Matches(File.ReadAllText(Path.Combine(_root, "Directory.Packages.props"))).Select(static match => match.Groups[1].Value))
            .ToHashSet();
        var templates = Directory.GetFiles(Path.Combine(_root, "tools", "TPacket.Templates", "content"), "template.json", SearchOption.AllDirectories)
            .Select(static file => JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("shortName").GetString()!).Concat(_newOfSdk).ToHashSet();

        var dotnet = _lines.Where(static line => line.Program == "dotnet").ToArray();
        var named = from line in dotnet
                    let package = line.Words switch
                    {
                        ["add", "package", var name, ..] => name,
                        ["new", "install", var name, ..] => name,
                        ["tool", "install", .., var name] => name,
                        _ => null,
                    }
                    where package is not null
                    select (line, package);
        AssertNone(named.Where(name => !packages.Contains(name.package)));
        Assert.True(named.Count() >= 15, "The pages' packages were not found.");
        AssertNone(dotnet.Where(line => line.Words[0] == "new" && !templates.Contains(line.Words[1])));
        Assert.Contains(dotnet, static line => line.Words is ["new", "tpacket-chat", ..]);
    }

    [Fact]
    public void Every_filter_of_tests_finds_a_test()
    {
        if (Repository.TestSources() is not { } sources)
            return; // Run from elsewhere: the repository is not there.
        var filters = _lines.SelectMany(static line => Filter().Matches(line.ToString())).Select(static match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(filters);
        AssertNone(filters.Where(filter => !sources.Any(source => Regex.IsMatch(source, $@"\b(namespace|class) [\w.]*{filter}|public .*\b\w*{filter}\w*\("))));
    }

    [Fact]
    public void Every_option_of_a_script_or_a_program_of_the_repository_is_read_there()
    {
        if (_root is null)
            return; // Run from elsewhere: the repository is not there.
        var unread = from line in _lines
                     where line.Program == "dotnet" && line.Words[0] == "run"
                     let program = line.ValueOf("--project") ?? line.Own.Skip(1).FirstOrDefault(static word => word.EndsWith(".cs", StringComparison.Ordinal))
                     where program is not null && Path.Exists(Path.Combine(_root, program))
                     let source = string.Concat(Sources(Path.Combine(_root, program)))
                     from word in line.Arguments
                     where word.StartsWith("--", StringComparison.Ordinal) && !word.Contains(':', StringComparison.Ordinal) && word != "--filter" && !source.Contains(word[2..], StringComparison.OrdinalIgnoreCase)
                     select $"{line}: {word}";

        Assert.Empty(unread);
        Assert.Contains(_lines, static line => line.ToString() == "README.md: dotnet run eng/test.cs -- --quick");
    }

    [Fact]
    public void Every_command_and_option_of_the_tool_exists()
    {
        if (_root is null)
            return; // Run from elsewhere: the repository is not there.
        var source = string.Concat(Sources(Path.Combine(_root, "tools", "TPacket.Tool")));
        var tool = _lines.Where(static line => line.Program == "tpacket").ToArray();

        AssertNone(tool.Where(line => !Regex.IsMatch(source, $@"Command\(\s*""{Regex.Escape(line.Words[0])}""")));
        AssertNone(tool.Where(line => line.Words.Any(word => word[0] == '-' && !source.Contains($"\"{word}\"", StringComparison.Ordinal))));
        Assert.True(tool.Length >= 15, "The pages' commands of the tool were not found.");
    }

    [Fact]
    public void Every_script_of_npm_exists()
    {
        if (_root is null)
            return; // Run from elsewhere: the repository is not there.
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(_root, "clients", "typescript", "package.json")));
        var scripts = package.RootElement.GetProperty("scripts");
        var npm = _lines.Where(static line => line.Program == "npm").ToArray();

        AssertNone(npm.Where(line => line.Words switch
        {
            ["run", var script, ..] => !scripts.TryGetProperty(script, out _),
            ["test", ..] => !scripts.TryGetProperty("test", out _),
            ["install", .., var name] => name != package.RootElement.GetProperty("name").GetString(),
            ["ci" or "pack", ..] => false,
            _ => true,
        }));
        Assert.NotEmpty(npm);
    }

    [Fact]
    public void Every_setting_that_a_page_passes_as_an_argument_or_in_the_environment_exists()
    {
        if (_root is null)
            return; // Run from elsewhere: not every page is there.
        var options = new Dictionary<string, Type> { [""] = typeof(TPacketServerOptions), ["Sqlite"] = typeof(SqliteOptions), ["Redis"] = typeof(RedisOptions) };
        var settings = Pages().Concat(Directory.GetFiles(Path.Combine(_root, "docs"), "*.md"))
            .SelectMany(static page => Setting().Matches(File.ReadAllText(page))).Select(static match => match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)).Distinct().ToArray();

        Assert.NotEmpty(settings);
        AssertNone(settings.Where(setting =>
        {
            var parts = setting.Split(':');
            var section = options.ContainsKey(parts[0]) ? parts[0] : "";
            return options[section].GetProperty(parts[section.Length == 0 ? 0 : 1]) is null;
        }));
    }

    private static void AssertNone<T>(IEnumerable<T> wrong) => Assert.Empty(wrong);

    private static IEnumerable<string> Pages() =>
    [
        .. Directory.GetFiles(_root!, "*.md"),
        .. from folder in (string[])["docs", "src", "samples", "tools", "benchmarks", "clients"]
           from page in Directory.GetFiles(Path.Combine(_root!, folder), "*.md", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
           where !page.Contains("node_modules", StringComparison.Ordinal)
           select page,
    ];

    private static IEnumerable<string> Sources(string path) =>
        (File.Exists(path) ? [path] : Directory.GetFiles(path, "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText);

    [GeneratedRegex(@"^(?:benchmarks|eng|samples|src|tests|tools)/")]
    private static partial Regex Folder();

    [GeneratedRegex(@"<PackageVersion Include=""([^""]+)""")]
    private static partial Regex PackageVersion();

    [GeneratedRegex(@"--filter FullyQualifiedName~(\w+)")]
    private static partial Regex Filter();

    // TPacket:Name, TPacket:Sqlite:Name, and the same with __ in the environment. An index stands behind a list.
    [GeneratedRegex(@"(?:--TPacket:|\bTPacket__)([A-Za-z]+(?:(?::|__)[A-Za-z]+)?)(?:(?::|__)\d+)?\b")]
    private static partial Regex Setting();
}
