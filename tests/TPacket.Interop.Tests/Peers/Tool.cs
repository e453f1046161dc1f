using System.Diagnostics;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Programs that the peers need: looked for, and installed where that is possible.</summary>
internal static class Tool
{
    private static readonly TimeSpan _installing = TimeSpan.FromMinutes(10);

    /// <summary>Finds a program, or installs Debian's packages for it.</summary>
    /// <param name="console">Is told what is installed.</param>
    /// <param name="packages">Debian's names.</param>
    /// <param name="places">Names to look for in PATH, and paths.</param>
    public static async Task<string> FindOrInstallAsync(IMessageSink console, string packages, params string[] places)
    {
        if (Find(places) is { } there)
            return there;
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Find("apt-get") is not { } apt)
            throw new InvalidOperationException($"These tests need {string.Join(" or ", places)}. Install it, on Debian with: apt-get install {packages}");
        Say(console, $"Installing {packages} with apt-get.");
        await RunAsync(apt, "update", "-q");
        await RunAsync(apt, ["install", "-q", "-y", "--no-install-recommends", .. packages.Split(' ')]);
        return Find(places) ?? throw new InvalidOperationException($"{packages} was installed, but there is no {string.Join(" or ", places)}.");
    }

    public static Task<string> FindNodeAsync(IMessageSink console) => FindOrInstallAsync(console, "nodejs npm", OperatingSystem.IsWindows() ? "node.exe" : "node");

    public static Task<string> FindNpmAsync(IMessageSink console) => FindOrInstallAsync(console, "npm", OperatingSystem.IsWindows() ? "npm.cmd" : "npm");

    public static void Say(IMessageSink console, string what) => console.OnMessage(new DiagnosticMessage(what));

    public static Task RunAsync(string program, params string[] arguments) => RunInAsync(Path.GetTempPath(), program, arguments);

    /// <summary>Runs a program to its end; fails if it does.</summary>
    /// <returns>What it has said.</returns>
    public static async Task<string> RunInAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var deadline = new CancellationTokenSource(_installing);
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Finds a program.</summary>
    /// <param name="places">Names to look for in PATH, and paths.</param>
    public static string? Find(params string[] places)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        // A place that is a path stays what it is when a folder is put before it.
        return places.SelectMany(place => folders.Select(folder => Path.Combine(folder, place))).FirstOrDefault(File.Exists);
    }
}
