using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>Runs the command lines of a tutorial's page in sh, with the packages under test. Not on Windows.</summary>
internal sealed class TutorialShell
{
    private readonly PackedPackages _packages;
    private readonly CancellationToken _deadline;
    private readonly string _tools;
    private readonly Dictionary<string, string> _replaced = [];
    private string _folder;

    private TutorialShell(PackedPackages packages, string folder, CancellationToken deadline)
    {
        (_packages, _folder, _deadline) = (packages, folder, deadline);
        _tools = Path.Combine(folder, "tools");
    }

    /// <summary>Creates a shell in a folder.</summary>
    public static async Task<TutorialShell> CreateAsync(PackedPackages packages, string folder, CancellationToken deadline)
    {
        await packages.SupplyAsync(folder, deadline);
        return new TutorialShell(packages, folder, deadline);
    }

    /// <summary>Replaces a text of the page, such as an address, in the following command lines and files.</summary>
    public void Replace(string onPage, string actual) => _replaced[onPage] = actual;

    /// <summary>Writes a file into the current folder.</summary>
    public Task WriteAsync((string Name, string Text) file) => File.WriteAllTextAsync(Path.Combine(_folder, file.Name), Adapt(file.Text), _deadline);

    /// <summary>Runs command lines to their ends. Fails if a command fails.</summary>
    /// <returns>The output of the last command line.</returns>
    public async Task<string> RunAsync(params string[] lines)
    {
        var output = "";
        foreach (var line in lines)
        {
            if (line.StartsWith("cd ", StringComparison.Ordinal))
            {
                _folder = Path.Combine(_folder, line[3..]);
                continue;
            }

            await using var process = Start(line);
            (var exitCode, output) = await process.ReadToEndAsync();
            Assert.True(exitCode == 0, $"{line} ended with {exitCode}:\n{output}");
        }

        return output;
    }

    /// <summary>Runs the command lines of the page's next block, and compares the output of the last one with the block that follows.</summary>
    public async Task CompareAsync(TutorialPage page)
    {
        var output = await RunAsync(page.TakeCommands());
        TutorialOutput.AssertEqual(page.TakeOutput(), output);
    }

    /// <summary>Starts a command line. The caller disposes of the process.</summary>
    public TutorialProcess Start(string line)
    {
        // The errors are in the order of a terminal.
        var start = Dotnet.FreshPrompt(_folder, "sh", "-c", $"exec {Adapt(line)} 2>&1");
        start.Environment["PATH"] = $"{_tools}:{start.Environment["PATH"]}";
        // MSBuild reads properties from the environment.
        start.Environment["TreatWarningsAsErrors"] = "true";
        start.Environment["NuGetAudit"] = "false";
        // A server listens on a port that the system picks.
        start.Environment["TPacket__Address"] = "127.0.0.1";
        start.Environment["TPacket__Port"] = "0";
        return TutorialProcess.Start(start, line, _deadline);
    }

    /// <summary>Starts a command line that runs a server, and waits until it listens. The caller disposes of the process.</summary>
    /// <returns>The process, and the server's address and port.</returns>
    public async Task<(TutorialProcess Process, string EndPoint)> StartServerAsync(string line)
    {
        var process = Start(line);
        try
        {
            return (process, (await process.ReadUntilAsync("Listening on ")).TrimEnd('.'));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns a text of the page with the values of this run.</summary>
    private string Adapt(string text)
    {
        foreach (var (onPage, actual) in _replaced)
            text = Regex.Replace(text, $@"(?<!\w){Regex.Escape(onPage)}(?!\w)", actual.Replace("$", "$$", StringComparison.Ordinal));
        return text.Split(' ') switch
        {
            ["dotnet", "add", "package", var package] => $"{text} --version {(package.StartsWith("TPacket.", StringComparison.Ordinal) ? _packages.Version : Repository.ExtensionsVersion)}",
            // The user's own tools stay as they are.
            ["dotnet", "tool", "install", "--global", _] => $"{text.Replace("--global", $"--tool-path {_tools}", StringComparison.Ordinal)} --version {_packages.Version}",
            _ => text,
        };
    }
}
