using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Docs.Tests;
using TPacket.Server.Tests.Harness;
using TPacket.Tool.Tests.Harness;

namespace TPacket.Tool.Tests;

/// <summary>docs/tutorial-sqlite.md shows what its commands print.</summary>
public sealed partial class TutorialCommandTests : IDisposable
{
    private const string Page = "docs/tutorial-sqlite.md";

    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tutorial-").FullName;

    [Fact]
    public async Task The_commands_of_the_tutorial_about_a_file_print_the_output_on_its_page()
    {
        if (Root() is not { } root)
            return; // Run from elsewhere; the page is not there.
        var steps = Step().Matches((await File.ReadAllTextAsync(Path.Combine(root, Page))).ReplaceLineEndings("\n"))
            .Select(static step => (Command: CommandLine.Of(Page, $"```\n{step.Groups[1].Value}\n```\n").Last(), Output: step.Groups[2].Value))
            .ToArray();
        Assert.Equal(["send", "tail", "rooms", "replay"], steps.Select(static step => step.Command.Words[0]));

        foreach (var part in new[] { steps[..1], steps[1..] })
        {
            // Each part of the page has a start of the server on the same file.
            await using var server = await TestServer.StartAsync(null, builder => builder.UseSqlite(options => options.Path = Path.Combine(_folder, "chat.db")));
            foreach (var (command, output) in part)
                await CheckAsync(server, command, output);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task CheckAsync(TestServer server, CommandLine command, string output)
    {
        string[] arguments = [.. command.Words.Select(word => word switch
        {
            "ws://localhost:25021/" => server.Address,
            "chat.db" => Path.Combine(_folder, "chat.db"),
            _ => word.Trim('"'),
        })];
        using var deadline = Deadline.Start();
        ToolRun run;
        // A user leaves a moment after its command has ended.
        do
            run = await ToolRun.RunAsync(deadline.Token, arguments);
        while (arguments[0] is "rooms" or "replay" && General(run.Output) != General(output) && !deadline.IsCancellationRequested);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(General(output), General(run.Output));
    }

    /// <summary>An output without the times and the drawn digits of nicks.</summary>
    private static string General(string output) => Digits().Replace(Time().Replace(output.ReplaceLineEndings("\n"), "TIME"), "-NICK").TrimEnd();

    private static string? Root()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "TPacket.Net.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }

    // A block that ends with a command of the tool, and the next block, which has its output.
    [GeneratedRegex(@"^```\n((?:[^`\n]+\n)*?tpacket [^\n]+)\n```\n\n```\n([^`]*?)^```$", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z")]
    private static partial Regex Time();

    [GeneratedRegex("-[0-9a-f]{8}")]
    private static partial Regex Digits();
}
