using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>The console programs of the tutorials build from the packages, by the commands and with the file of their pages.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed partial class TutorialProgramsTests(PackedPackages packages) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tutorial-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(5));

    [Theory]
    [InlineData("tutorial-first-chat.md", "Caller")]
    [InlineData("tutorial-sqlite.md", "Rooms")]
    [InlineData("tutorial-three-nodes.md", "Node")]
    public async Task A_tutorials_program_builds_without_a_warning(string page, string project)
    {
        var text = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", page), _deadline.Token)).ReplaceLineEndings("\n");
        var folder = Path.Combine(_folder, project);
        await packages.SupplyAsync(_folder, _deadline.Token);

        Assert.Contains($"\ndotnet new console -o {project}\n", text, StringComparison.Ordinal);
        await Dotnet.RunAsync(_folder, _deadline.Token, "new", "console", "-o", project, "--no-restore");
        var added = AddedPackage().Matches(text).Select(static match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(added);
        foreach (var package in added)
            await Dotnet.RunAsync(folder, _deadline.Token, "add", "package", package, "--version", package.StartsWith("TPacket.", StringComparison.Ordinal) ? packages.Version : Repository.ExtensionsVersion);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), Program().Match(text).Groups[1].Value, _deadline.Token);

        await Dotnet.RunAsync(folder, _deadline.Token, "build", "-p:TreatWarningsAsErrors=true", "-p:NuGetAudit=false");
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"^dotnet add package (\S+)$", RegexOptions.Multiline)]
    private static partial Regex AddedPackage();

    [GeneratedRegex(@"^`Program\.cs`:\n\n```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Program();
}
