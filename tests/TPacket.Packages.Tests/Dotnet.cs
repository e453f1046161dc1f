using System.Diagnostics;

namespace TPacket.Packages.Tests;

/// <summary>Runs <c>dotnet</c> with the environment of a fresh prompt.</summary>
internal static class Dotnet
{
    /// <summary>Runs a command to its end and returns what it printed; fails the test if the command failed.</summary>
    public static async Task<string> RunAsync(string folder, CancellationToken deadline, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline);
            var output = await process.StandardOutput.ReadToEndAsync(deadline);
            await process.WaitForExitAsync(deadline);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts an app, and waits until it prints a line with a marker.</summary>
    /// <returns>The process, which <see cref="StopAsync"/> ends, and the text that follows the marker in its line.</returns>
    public static async Task<(Process Process, string Address)> ListenAsync(string folder, string marker, CancellationToken deadline, params string[] arguments)
    {
        // The program itself and not `dotnet run`, so that StopAsync ends the process that listens.
        var process = Start(folder, arguments);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            while (true)
            {
                var line = await process.StandardOutput.ReadLineAsync(deadline);
                if (line is null)
                    Assert.Fail($"The app ended before it listened:\n{await errors}");
                if (line.IndexOf(marker, StringComparison.Ordinal) is >= 0 and var at)
                    return (process, line[(at + marker.Length)..].Trim());
            }
        }
        catch
        {
            await StopAsync(process);
            throw;
        }
    }

    /// <summary>Kills an app.</summary>
    public static async Task StopAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>Starts a command with its output redirected. The caller stops and disposes it.</summary>
    public static Process Start(string folder, params string[] arguments) => Process.Start(FreshPrompt(folder, "dotnet", arguments))!;

    /// <summary>Returns the start of a program in the environment of a fresh prompt, with its output redirected.</summary>
    public static ProcessStartInfo FreshPrompt(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // The settings that a running `dotnet test` made for its own MSBuild do not apply to this one.
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(inherited);

        // MSBuild's nodes would outlive the command and hold on to its output. The compiler server does not hold on to it, and is shared with the build of the tests.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        return start;
    }
}
