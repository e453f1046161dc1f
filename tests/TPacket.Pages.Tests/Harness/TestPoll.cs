using System.Diagnostics;
using TPacket.Interop.Tests;

namespace TPacket.Pages.Tests.Harness;

/// <summary>The poll as a process with a file; tests kill it and start it again on the same port.</summary>
internal sealed class TestPoll : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-poll-");
    private Process? _process;
    private Task _output = Task.CompletedTask;

    /// <summary>The page's address.</summary>
    public Uri Page { get; private set; } = new("http://127.0.0.1:0/");

    public static async Task<TestPoll> StartAsync()
    {
        var poll = new TestPoll();
        try
        {
            await poll.StartAgainAsync();
            return poll;
        }
        catch
        {
            await poll.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync()
    {
        using var deadline = Deadline.Start();
        // The tests lie in <artifacts>/bin/<project>/<configuration>.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(configuration.Parent!.Parent!.FullName, "Poll", configuration.Name, "Poll.dll");
        string[] arguments = [program, "--urls", Page.ToString(), $"--TPacket:Sqlite:Path={Path.Combine(_folder.FullName, "poll.db")}", "--Poll:Seconds=3600"];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true })!;
        string? line;
        do
            line = await _process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("The poll ended before it listened.");
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
