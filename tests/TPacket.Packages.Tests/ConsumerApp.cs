using System.Diagnostics;

namespace TPacket.Packages.Tests;

/// <summary>An app such as a user would write on the first day, in a folder where nothing of this repository reaches it.</summary>
internal sealed class ConsumerApp : IAsyncDisposable
{
    private readonly Process _process;

    private ConsumerApp(Process process, string endPoint) => (_process, EndPoint) = (process, endPoint);

    /// <summary>Address, port and perhaps a path that the app says it listens on.</summary>
    public string EndPoint { get; }

    /// <summary>Writes the app, builds it, starts it, and returns when it listens.</summary>
    public static async Task<ConsumerApp> StartAsync(ConsumerKind kind, string folder, PackedPackages packages, CancellationToken deadline, params string[] arguments)
    {
        await packages.SupplyAsync(folder, deadline);
        await WriteAsync(kind, folder, packages, deadline);
        await Dotnet.RunAsync(folder, deadline, "build", "-c", "Release", "-o", "out");
        var (process, endPoint) = await Dotnet.ListenAsync(folder, "The consumer listens on ", deadline, [Path.Combine("out", "Consumer.dll"), .. arguments]);
        return new ConsumerApp(process, endPoint);
    }

    public async ValueTask DisposeAsync() => await Dotnet.StopAsync(_process);

    private static async Task WriteAsync(ConsumerKind kind, string folder, PackedPackages packages, CancellationToken deadline)
    {
        await Write("Consumer.csproj",
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

        Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder, name), text, deadline);
    }
}
