using System.Text;

namespace TPacket.Tool.Tests.Harness;

/// <summary>An output whose text a test can await during the run. Thread-safe.</summary>
internal sealed class WatchedOutput : TextWriter
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _waiting = [];

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Completes when the output contains a text.</summary>
    public Task WaitForAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((text, seen));
            Look();
        }

        return seen.Task.WaitAsync(TPacket.Server.Tests.Harness.Deadline.Limit);
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (_gate)
        {
            _text.Append(value);
            Look();
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    // The chat writes its lines as objects.
    public override void WriteLine(object? value) => WriteLine(value?.ToString());

    public override string ToString()
    {
        lock (_gate)
            return _text.ToString();
    }

    private void Look()
    {
        var text = _text.ToString();
        foreach (var (expected, seen) in _waiting.Where(waiting => text.Contains(waiting.Text, StringComparison.Ordinal)))
            seen.TrySetResult();
    }
}
