using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>The app of docs/tutorial-rules.md: made by the page's commands and files, from the packages, in a folder where nothing of this repository reaches it.</summary>
internal sealed partial class TutorialApp(string folder)
{
    private static readonly string _page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "tutorial-rules.md")).ReplaceLineEndings("\n");

    private string Project => Path.Combine(folder, "Poll");

    /// <summary>Follows the page up to a program that is built.</summary>
    public async Task BuildAsync(PackedPackages packages, CancellationToken deadline)
    {
        await packages.SupplyAsync(folder, deadline);
        var commands = Command().Matches(_page).Select(static match => match.Groups[1].Value).ToArray();
        Assert.Equal(["new web -o Poll", "add package TPacket.AspNetCore", "add package TPacket.Sqlite"], commands);
        await Dotnet.RunAsync(folder, deadline, [.. commands[0].Split(' '), "--no-restore"]);
        foreach (var command in commands.Skip(1))
            await Dotnet.RunAsync(Project, deadline, [.. command.Split(' '), "--version", packages.Version]);

        var files = SourceFile().Matches(_page);
        Assert.Equal(["PollRules.cs", "Program.cs", "wwwroot/index.html", "wwwroot/poll.js"], files.Select(static file => file.Groups[1].Value));
        Directory.CreateDirectory(Path.Combine(Project, "wwwroot"));
        foreach (Match file in files)
            await File.WriteAllTextAsync(Path.Combine(Project, file.Groups[1].Value), file.Groups[2].Value, deadline);
        // The page takes it from npm.
        File.Copy(Path.Combine(Repository.Root, "samples", "WebChat", "wwwroot", "tpacket-client.min.js"), Path.Combine(Project, "wwwroot", "tpacket-client.min.js"));
        await Dotnet.RunAsync(Project, deadline, "build", "-o", "out", "-p:TreatWarningsAsErrors=true", "-p:NuGetAudit=false");
    }

    /// <summary>Starts the app in its folder, as <c>dotnet run</c> does, and returns the process that listens.</summary>
    /// <returns>The process, and the address of its page.</returns>
    public async Task<(Process Process, Uri Address)> StartAsync(CancellationToken deadline)
    {
        var (process, address) = await Dotnet.ListenAsync(
            Project, "Now listening on: ", deadline, Path.Combine("out", "Poll.dll"), "--urls", "http://127.0.0.1:0", "--Poll:Seconds=3600");
        return (process, new Uri(address));
    }

    [GeneratedRegex(@"^dotnet ((?:new|add) .*)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex SourceFile();
}
