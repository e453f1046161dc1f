using System.Text.RegularExpressions;

namespace TPacket.Packages.Tests;

/// <summary>The console program of docs/tutorial-first-chat.md builds from the packages, by the commands and with the file of its page.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed partial class FirstChatTutorialTests(PackedPackages packages) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-tutorial-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(5));

    [Fact]
    public async Task The_program_of_the_first_chat_builds_without_a_warning()
    {
        const string Project = "Caller";
        var text = TutorialPage.Read("tutorial-first-chat.md").Text;
        var folder = Path.Combine(_folder, Project);
        await packages.SupplyAsync(_folder, _deadline.Token);

        Assert.Contains($"\ndotnet new console -o {Project}\n", text, StringComparison.Ordinal);
        await Dotnet.RunAsync(_folder, _deadline.Token, "new", "console", "-o", Project, "--no-restore");
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
