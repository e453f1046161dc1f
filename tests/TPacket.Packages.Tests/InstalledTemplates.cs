namespace TPacket.Packages.Tests;

/// <summary>The templates, installed from their package into a hive of the tests' own, and a folder for the projects that they create.</summary>
public sealed class InstalledTemplates(PackedPackages packages) : IAsyncLifetime
{
    /// <summary>The folder of the projects.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("tpacket-templates-").FullName;

    public async Task InitializeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await packages.SupplyAsync(Folder, deadline.Token);
        await NewAsync(deadline.Token, "install", packages.FileOf("TPacket.Templates"));
    }

    /// <summary>Runs <c>dotnet new</c> with the hive.</summary>
    public Task NewAsync(CancellationToken deadline, params string[] arguments) =>
        Dotnet.RunAsync(Folder, deadline, ["new", .. arguments, "--debug:custom-hive", Path.Combine(Folder, "hive")]);

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }
}
