using System.IO.Compression;

namespace TPacket.Packages.Tests;

/// <summary>Packing compares a library with an earlier package of it, which eng/baseline.sh puts into artifacts/baseline.</summary>
[Collection(PackedPackagesGroup.Name)]
public sealed class PackageBaselineTests(PackedPackages packages) : IDisposable
{
    private const string Library = "TPacket.Protocol";
    private const string OtherLibrary = "TPacket.Transports";

    private readonly string _folder = Directory.CreateTempSubdirectory("tpacket-baseline-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Packing_fails_when_a_type_of_the_baseline_is_missing()
    {
        // The baseline has the assembly of another library under this one's name, so that none of its types is there any more.
        var baseline = Path.Combine(_folder, "baseline.nupkg");
        File.Copy(packages.FileOf(Library), baseline);
        using (var other = ZipFile.OpenRead(packages.FileOf(OtherLibrary)))
        using (var package = ZipFile.Open(baseline, ZipArchiveMode.Update))
        {
            package.GetEntry($"lib/net10.0/{Library}.dll")!.Delete();
            using var from = other.GetEntry($"lib/net10.0/{OtherLibrary}.dll")!.Open();
            using var to = package.CreateEntry($"lib/net10.0/{Library}.dll").Open();
            await from.CopyToAsync(to, _deadline.Token);
        }

        var (exitCode, output) = await PackAsync(baseline);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("CP0001", output, StringComparison.Ordinal);
        Assert.Contains("TPacket.Transports.TransportListener", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packing_succeeds_when_the_library_has_all_of_the_baseline()
    {
        var (exitCode, output) = await PackAsync(packages.FileOf(Library));
        Assert.True(exitCode == 0, output);
    }

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Builds and packs the library into a folder of this test, and compares it with a baseline.</summary>
    private async Task<(int ExitCode, string Output)> PackAsync(string baseline)
    {
        using var process = Dotnet.Start(
            Repository.Root, "pack", $"src/{Library}", "-c", "Release",
            $"-p:ArtifactsPath={Path.Combine(_folder, "artifacts")}", $"-p:PackageOutputPath={Path.Combine(_folder, "feed")}", $"-p:PackageValidationBaselinePath={baseline}");
        try
        {
            var errors = process.StandardError.ReadToEndAsync(_deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(_deadline.Token);
            await process.WaitForExitAsync(_deadline.Token);
            return (process.ExitCode, output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
