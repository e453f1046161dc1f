using System.Diagnostics;

namespace TPacket.Interop.Tests.Peers;

/// <summary>Finds programs for the peers, and installs them where it can.</summary>
internal static partial class Tool
{
    private static readonly TimeSpan _installing = TimeSpan.FromMinutes(10);

    public static Task RunAsync(string program, params string[] arguments) => RunInAsync(Path.GetTempPath(), program, arguments);

    /// <summary>Runs a program to its end, and fails if the program fails.</summary>
    /// <returns>The program's output.</returns>
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
        // Path.Combine returns an absolute path as it is.
        return places.SelectMany(place => folders.Select(folder => Path.Combine(folder, place))).FirstOrDefault(File.Exists);
    }

    /// <summary>Waits for other test projects that install or build the same thing at this moment. Disposing releases the lock.</summary>
    /// <param name="file">The lock file, which stays.</param>
    public static async Task<FileStream> LockAsync(string file)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // The system does not announce that a file is free.
                await Task.Delay(100, deadline.Token);
            }
        }
    }
}
