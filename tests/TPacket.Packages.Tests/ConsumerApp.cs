using System.Diagnostics;

namespace TPacket.Packages.Tests;

/// <summary>An app such as a user would write on the first day, in a folder where nothing of this repository reaches it.</summary>
internal sealed class ConsumerApp : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ConsumerApp(Process process, Task<string> errors, string endPoint) => (_process, _errors, EndPoint) = (process, errors, endPoint);

    /// <summary>Address, port and perhaps a path that the app says it listens on.</summary>
    public string EndPoint { get; }

    /// <summary>Writes the app, builds it, starts it, and returns when it listens.</summary>
    public static async Task<ConsumerApp> StartAsync(ConsumerKind kind, string folder, PackedLibraries packages, CancellationToken deadline, params string[] arguments)
    {
        Directory.CreateDirectory(folder);
        await WriteAsync(kind, folder, packages, deadline);
        await Dotnet.RunAsync(folder, deadline, "build", "-c", "Release", "-o", "out");

        // The program itself and not `dotnet run`, so that the process which is stopped is the one that listens.
        var process = Dotnet.Start(folder, [Path.Combine("out", "Consumer.dll"), .. arguments]);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            const string Listening = "listening ";
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(deadline);
                if (line is null)
                    Assert.Fail($"The app ended before it listened:\n{await errors}");
            }
            while (!line.StartsWith(Listening, StringComparison.Ordinal));

            return new ConsumerApp(process, errors, line[Listening.Length..]);
        }
        catch
        {
            await StopAsync(process);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(_process);
        await _errors;
    }

    private static async Task StopAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static async Task WriteAsync(ConsumerKind kind, string folder, PackedLibraries packages, CancellationToken deadline)
    {
        // The nearest of each of these files wins: the search for one of a folder further up ends here.
        await Write("Directory.Build.props", "<Project />");
        await Write("Directory.Build.targets", "<Project />");
        await Write("Directory.Packages.props", "<Project />");

        // The machine's own sources are inherited; they have the packages of others.
        await Write("nuget.config",
            $"""
            <configuration>
              <packageSources>
                <add key="packages-under-test" value="{packages.Feed}" />
              </packageSources>
            </configuration>
            """);

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
