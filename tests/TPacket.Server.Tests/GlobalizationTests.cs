using System.Diagnostics;
using TPacket.Server.Tests.Handshake;
using TPacket.Server.Tests.Nicks;

namespace TPacket.Server.Tests;

/// <summary>Runs the tests of nicks and of origins again without ICU, as in small containers, where the runtime does not normalise text.</summary>
public class GlobalizationTests
{
    private const string Variable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task The_tests_pass_in_a_process_with_invariant_globalization()
    {
        // The filter does not match this test.
        var filter = $"FullyQualifiedName~{typeof(NickTextTests).Namespace}.|FullyQualifiedName~{typeof(WebOriginTests).FullName}.";
        var start = new ProcessStartInfo("dotnet", ["vstest", typeof(GlobalizationTests).Assembly.Location, $"--TestCaseFilter:{filter}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The variables of a running `dotnet test` do not apply to another one.
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
            // UniqueNickPolicyTests has a test that fails if the variable has no effect.
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
