using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Node with the TypeScript clients of a run (typescript/chaos.mjs): one line of JSON per call and per report of a client.</summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<int, Action<JsonElement>> _clients = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private readonly Lock _gate = new();
    private int _last;
    private Exception? _gone;

    private ChaosNode(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <param name="node">The path of Node.</param>
    public static ChaosNode Start(string node)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "typescript", "chaos.mjs");
        return new ChaosNode(Process.Start(new ProcessStartInfo(node, [script, TypeScriptPackage.Folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        })!);
    }

    /// <summary>Creates a client.</summary>
    /// <param name="server">The address that it connects to.</param>
    /// <param name="grace">The grace that it requests.</param>
    /// <param name="reported">Receives its reports, one line each.</param>
    /// <returns>The number of the client in calls.</returns>
    public int Add(Uri server, TimeSpan grace, Action<JsonElement> reported)
    {
        var id = Interlocked.Increment(ref _last);
        _clients[id] = reported;
        Write(new { id, call = "new", url = server.ToString(), grace = (int)grace.TotalMilliseconds });
        return id;
    }

    /// <summary>Calls a method of a client.</summary>
    /// <returns>The result.</returns>
    public Task<JsonElement> CallAsync(int id, string call, params string[] arguments)
    {
        var key = Interlocked.Increment(ref _last);
        var called = _calls[key] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        Write(new { id, call, key, arguments });
        if (_gone is { } gone)
            called.TrySetException(gone);
        return called.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _reading;
        _process.Dispose();
    }

    private void Write(object line)
    {
        lock (_gate)
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(line));
            _process.StandardInput.Flush();
        }
    }

    private async Task ReadAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var report = JsonDocument.Parse(line).RootElement;
            if (report.TryGetProperty("key", out var key))
            {
                if (_calls.TryRemove(key.GetInt32(), out var called))
                    called.TrySetResult(report);
            }
            else
            {
                _clients[report.GetProperty("id").GetInt32()](report);
            }
        }

        _gone = new IOException($"Node has ended. {await errors}");
        foreach (var called in _calls.Values)
            called.TrySetException(_gone);
        await _process.WaitForExitAsync(CancellationToken.None);
    }
}
