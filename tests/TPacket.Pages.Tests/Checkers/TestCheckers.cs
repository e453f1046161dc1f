using System.Diagnostics;
using TPacket.Interop.Tests;

namespace TPacket.Pages.Tests.Checkers;

/// <summary>The sample as a process, with a file of its own or on Redis; tests kill it and start it again on the same port.</summary>
internal sealed class TestCheckers(string? redis) : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-checkers-");
    private Process? _process;
    private Task _output = Task.CompletedTask;

    /// <summary>The page's address.</summary>
    public Uri Page { get; private set; } = new("http://127.0.0.1:0/");

    public static async Task<TestCheckers> StartAsync(string? redis = null)
    {
        var checkers = new TestCheckers(redis);
        try
        {
            await checkers.StartAgainAsync();
            return checkers;
        }
        catch
        {
            await checkers.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync()
    {
        using var deadline = Deadline.Start();
        // The tests lie in <artifacts>/bin/<project>/<configuration>.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(configuration.Parent!.Parent!.FullName, "Checkers", configuration.Name, "Checkers.dll");
        var store = redis is null ? $"--TPacket:Sqlite:Path={Path.Combine(_folder.FullName, "checkers.db")}" : $"--TPacket:Redis:Configuration={redis}";
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, "--urls", Page.ToString(), store]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true })!;
        string? line;
        do
            line = await _process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("The sample ended before it listened.");
        while (!line.Contains(Listening, StringComparison.Ordinal));
        Page = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
        _output = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
    }

    public async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        await _output;
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }
}
