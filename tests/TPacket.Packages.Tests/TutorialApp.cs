using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>The app of docs/tutorial-rules.md: made by the page's commands and files, from the packages, in a folder where nothing of this repository reaches it.</summary>
internal sealed partial class TutorialApp(string folder)
{
    private static readonly string _page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "tutorial-rules.md")).ReplaceLineEndings("\n");

    private string Project => Path.Combine(folder, "Poll");

    /// <summary>Follows the page up to a program that is built.</summary>
    public async Task BuildAsync(PackedLibraries packages, CancellationToken deadline)
    {
        Directory.CreateDirectory(folder);
        // The nearest of each of these files wins: the search for one of a folder further up ends here.
        foreach (var file in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(Path.Combine(folder, file), "<Project />", deadline);
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><add key="packages-under-test" value="{packages.Feed}" /></packageSources></configuration>""", deadline);

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

    /// <summary>Starts the app in its folder, as <c>dotnet run</c> does; the process that is returned is the one that listens.</summary>
    /// <returns>The process, and the address of its page.</returns>
    public async Task<(Process Process, Uri Address)> StartAsync(CancellationToken deadline)
    {
        var process = Dotnet.Start(Project, Path.Combine("out", "Poll.dll"), "--urls", "http://127.0.0.1:0", "--Poll:Seconds=3600");
        try
        {
            while (true)
            {
                var line = await process.StandardOutput.ReadLineAsync(deadline);
                if (line is null)
                    Assert.Fail($"The app ended before it listened:\n{await process.StandardError.ReadToEndAsync(deadline)}");
                const string Listening = "Now listening on: ";
                if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
                    return (process, new Uri(line[(at + Listening.Length)..].Trim()));
            }
        }
        catch
        {
            await KillAsync(process);
            throw;
        }
    }

    /// <summary>Kills the app.</summary>
    public static async Task KillAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    [GeneratedRegex(@"^dotnet ((?:new|add) .*)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex SourceFile();
}
