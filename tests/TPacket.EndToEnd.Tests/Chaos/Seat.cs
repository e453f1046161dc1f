namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A seat of the run: its own proxy to the server, and its clients, one after the other.</summary>
internal sealed class Seat(int index, bool isKept, ChaosProxy proxy) : IAsyncDisposable
{
    private int _lives;
    private int _nicks;

    public int Index => index;

    /// <summary>Whether its client stays for the whole run.</summary>
    public bool IsKept => isKept;

    public ChaosProxy Proxy => proxy;

    /// <summary>The client that has the seat; null between two.</summary>
    public ChaosClient? Client { get; set; }

    /// <summary>Returns the name of the next client.</summary>
    public string NextName() => $"{index}.{_lives++}";

    /// <summary>Returns a nick that no client has had.</summary>
    public string NextNick() => $"n{index}x{_nicks++}";

    public ValueTask DisposeAsync() => proxy.DisposeAsync();
}
