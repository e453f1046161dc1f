using System.Runtime.InteropServices;
#pragma warning disable IDE0005 // ASP.NET Core projects import this namespace implicitly, others do not.
using Microsoft.Extensions.Hosting;
#pragma warning restore IDE0005

namespace TPacket.Samples;

/// <summary>Runs a host as a program. A failed start prints one line to standard error and returns exit code 1; SIGHUP stops the host like Ctrl+C.</summary>
internal static class HostProgram
{
    /// <summary>
    /// Adds an argument that disables reloading of settings, before the program's arguments. A file watcher needs an inotify instance. Linux usually allows 128 instances for each user, and a
    /// host with a watcher does not start without an instance.
    /// </summary>
    public static string[] ReadOnce(string[] args) => ["--hostBuilder:reloadConfigOnChange=false", .. args];

    /// <summary>Builds a host and runs it until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        // The host handles SIGINT, SIGQUIT and SIGTERM. Without this handler, SIGHUP would end the process without closing the connections.
        using var stopping = new CancellationTokenSource();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        if (await TryStartAsync(build) is not { } host)
            return 1;
        await using ((IAsyncDisposable)host)
            await host.WaitForShutdownAsync(stopping.Token);
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }

    /// <summary>Formats an error with its causes in one line, without a stack trace.</summary>
    public static string Describe(Exception error)
    {
        var text = error.Message;
        for (var cause = error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (!text.Contains(cause.Message.TrimEnd('.'), StringComparison.OrdinalIgnoreCase))
                text += $" {cause.Message}";
        }

        return string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static async Task<IHost?> TryStartAsync(Func<IHost> build)
    {
        IHost? host = null;
        try
        {
            host = build();
            await host.StartAsync();
            return host;
        }
        catch (Exception e)
        {
            // A port in use, a setting out of range, or an unreadable certificate.
            await Console.Error.WriteLineAsync(Describe(e));
            host?.Dispose();
            return null;
        }
    }
}
