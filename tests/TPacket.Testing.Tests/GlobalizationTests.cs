using System.Diagnostics;

namespace TPacket.Testing.Tests;

/// <summary>The tests of nicks and of origins hold in small containers, too, which often have no ICU: there the runtime normalises nothing.</summary>
public class GlobalizationTests
{
    private const string Variable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task They_pass_in_a_process_whose_globalization_is_invariant()
    {
        // The filter takes upper and lower case for the same: this test has to stay without that word.
        var start = new ProcessStartInfo("dotnet", ["vstest", typeof(GlobalizationTests).Assembly.Location, "--TestCaseFilter:FullyQualifiedName~Nick|FullyQualifiedName~WebOrigin"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the running `dotnet test` has told its own processes is not for this one.
        foreach (var inherited in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || key.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(inherited);
        start.Environment[Variable] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var deadline = new CancellationTokenSource(_deadline);
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{output}\n{await errors}");
            // One of the tests fails unless the variable has had its effect.
            Assert.Contains("Passed!", output, StringComparison.Ordinal);
            Assert.DoesNotContain("No test", output, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
