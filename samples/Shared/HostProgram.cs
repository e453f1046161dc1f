using System.Runtime.InteropServices;
#pragma warning disable IDE0005 // Projects of ASP.NET Core have it anyway, others do not.
using Microsoft.Extensions.Hosting;
#pragma warning restore IDE0005

namespace TPacket.Samples;

/// <summary>A host as a program: a start that fails is one line on standard error and exit code 1, and a terminal that hangs up stops the host as Ctrl+C does.</summary>
internal static class HostProgram
{
    /// <summary>
    /// Puts a default before a program's arguments: settings are read once, so their files need not be watched. A watcher takes an inotify instance, of which Linux gives a user 128 as a rule; a host that finds
    /// none does not start.
    /// </summary>
    public static string[] ReadOnce(string[] args) => ["--hostBuilder:reloadConfigOnChange=false", .. args];

    /// <summary>Builds a host and runs it until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        // Without this, SIGHUP ends the process at once, and no client is told. The host itself listens to SIGINT, SIGQUIT and SIGTERM.
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

    /// <summary>An error with its causes in one line, without a stack: what to mend.</summary>
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
            // A port that is taken, a setting out of range, a certificate that cannot be read.
            await Console.Error.WriteLineAsync(Describe(e));
            host?.Dispose();
            return null;
        }
    }
}
