using System.Diagnostics;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Programs that the peers need: looked for, and installed where that is possible.</summary>
internal static partial class Tool
{
    private static readonly TimeSpan _installing = TimeSpan.FromMinutes(10);

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
