using System.Diagnostics;

namespace TPacket.Packages.Tests;

/// <summary>An app such as a user writes on the first day, in a folder where nothing of this repository reaches it.</summary>
internal sealed class ConsumerApp : IAsyncDisposable
{
    private readonly Process _process;

    private ConsumerApp(Process process, string endPoint) => (_process, EndPoint) = (process, endPoint);

    /// <summary>Address, port and perhaps a path that the app says it listens on.</summary>
    public string EndPoint { get; }

    /// <summary>Writes apps into folders named like their packages, and builds all of them with one command. Each references its own package alone.</summary>
    public static async Task BuildAsync(string folder, PackedPackages packages, CancellationToken deadline, params ConsumerKind[] kinds)
    {
        await packages.SupplyAsync(folder, deadline);
        foreach (var kind in kinds)
            await WriteAsync(kind, folder, packages, deadline);
        var projects = kinds.Select(static kind => $"""<Project Path="{kind.Package}/{NameOf(kind)}.csproj" />""");
        await File.WriteAllTextAsync(Path.Combine(folder, "Consumers.slnx"), $"<Solution>{string.Concat(projects)}</Solution>", deadline);
        await Dotnet.RunAsync(folder, deadline, "build", "Consumers.slnx", "-c", "Release");
    }

    /// <summary>Starts an app that was built, and returns when it listens.</summary>
    public static async Task<ConsumerApp> StartAsync(ConsumerKind kind, string folder, CancellationToken deadline, params string[] arguments)
    {
        var (process, endPoint) = await Dotnet.ListenAsync(
            Path.Combine(folder, kind.Package), "The consumer listens on ", deadline, [Path.Combine("bin", "Release", "net10.0", $"{NameOf(kind)}.dll"), .. arguments]);
        return new ConsumerApp(process, endPoint);
    }

    public async ValueTask DisposeAsync() => await Dotnet.StopAsync(_process);

    // A solution needs a name for each project.
    private static string NameOf(ConsumerKind kind) => $"{kind.Package}.Consumer";

    private static async Task WriteAsync(ConsumerKind kind, string folder, PackedPackages packages, CancellationToken deadline)
    {
        var project = Directory.CreateDirectory(Path.Combine(folder, kind.Package)).FullName;
        await Write($"{NameOf(kind)}.csproj",
            $"""
            <Project Sdk="{kind.Sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{kind.Package}" Version="{packages.Version}" />
                {kind.OtherReferences}
              </ItemGroup>
            </Project>
            """);

        await Write("Program.cs", kind.Program);

        Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(project, name), text, deadline);
    }
}
