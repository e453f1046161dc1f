using TPacket.Transports.Streams;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Streams;

/// <summary>Pushed bytes are read once, in order and within limits. A write waits only for bytes that the connection does not accept.</summary>
public class TransportStreamTests : IAsyncLifetime
{
    private readonly Rented _rented = new();
    private readonly ScriptedConnection _connection = new();
    private readonly TransportStream _stream;

    public TransportStreamTests() => _stream = Open(_connection);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _rented.ReturnedAsync();
    }

    [Fact]
    public async Task Pushed_bytes_are_read_in_pieces_of_any_size()
    {
        var bytes = Pattern.Create(1_000);
        for (var pushed = 0; pushed < bytes.Length; pushed += 100)
            Push(bytes.AsSpan(pushed, 100));
        var read = new List<byte>();
        var buffer = new byte[37];
        while (read.Count < bytes.Length)
            read.AddRange(buffer.AsSpan(0, await ReadAsync(buffer)));
        Assert.Equal(bytes, read);
        Assert.False(ReadAsync(buffer).IsCompleted);
    }

    [Fact]
    public async Task A_pending_read_continues_on_the_stack_of_the_push_and_the_rest_is_stored()
    {
        var buffer = new byte[3];
        var read = ReadAsync(buffer);
        Assert.False(read.IsCompleted);
        Push("hello"u8);
        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(3, await read);
        Assert.Equal("hel"u8.ToArray(), buffer);
        Assert.Equal((byte)'l', _stream.Input.Peek());
        Assert.Equal(2, await ReadAsync(buffer));
        Assert.Null(_stream.Input.Peek());
    }

    [Fact]
    public async Task An_empty_read_waits_for_input_and_consumes_nothing()
    {
        var waiting = ReadAsync(Memory<byte>.Empty);
        Assert.False(waiting.IsCompleted);
        Push("x"u8);
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await ReadAsync(Memory<byte>.Empty));
        Assert.Equal(1, await ReadAsync(new byte[9]));
        Assert.False(ReadAsync(Memory<byte>.Empty).IsCompleted);
    }

    [Fact]
    public async Task Input_beyond_the_limit_pauses_the_connection_until_half_of_it_is_read()
    {
        var bytes = Pattern.Create(StreamInput.MaxKeptBytes + 1);
        Push(bytes.AsSpan(0, StreamInput.MaxKeptBytes));
        Assert.False(_connection.IsPaused);
        Push(bytes.AsSpan(StreamInput.MaxKeptBytes));
        Assert.True(_connection.IsPaused);

        var half = new byte[StreamInput.MaxKeptBytes / 2];
        Assert.Equal(half.Length, await ReadAsync(half));
        Assert.True(_connection.IsPaused);
        Assert.Equal(bytes[..half.Length], half);
        Assert.Equal(1, await ReadAsync(new byte[1]));
        Assert.False(_connection.IsPaused);
    }

    [Fact]
    public async Task The_end_of_the_stream_follows_the_pushed_bytes_and_is_repeated()
    {
        Push("last"u8);
        _connection.Handler.OnEndOfInput();
        Assert.Equal(4, await ReadAsync(new byte[9]));
        Assert.Equal(0, await ReadAsync(Memory<byte>.Empty));
        Assert.False(_stream.Input.EndWasRead);
        Assert.Equal(0, await ReadAsync(new byte[9]));
        Assert.True(_stream.Input.EndWasRead);
        Assert.Equal(0, await ReadAsync(new byte[9]));
    }

    [Fact]
    public async Task The_end_of_the_stream_completes_a_pending_read()
    {
        var read = ReadAsync(new byte[9]);
        _connection.Handler.OnEndOfInput();
        Assert.Equal(0, await read);
        Assert.True(_stream.Input.EndWasRead);
    }

    [Fact]
    public async Task The_error_of_the_connection_ends_reads_and_writes()
    {
        _connection.Room = 0;
        var read = ReadAsync(new byte[9]);
        var write = WriteAsync(new byte[9]);
        var error = new FormatException("gone");
        _connection.Handler.OnClosed(error);
        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => read));
        Assert.Same(error, (await Assert.ThrowsAsync<IOException>(() => write)).InnerException);
        Assert.Same(error, _stream.Input.Error);
        await Assert.ThrowsAsync<FormatException>(() => ReadAsync(new byte[9]));
        await Assert.ThrowsAsync<IOException>(() => WriteAsync(new byte[9]));
    }

    [Fact]
    public async Task A_cancelled_read_ends_and_the_next_read_returns_the_bytes()
    {
        using var cancelled = new CancellationTokenSource();
        var read = ReadAsync(new byte[9], cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(new byte[9], cancelled.Token));
        Push("x"u8);
        Assert.Equal(1, await ReadAsync(new byte[9]));
    }

    [Fact]
    public async Task A_second_read_or_write_while_one_is_pending_throws()
    {
        _connection.Room = 0;
        var read = ReadAsync(new byte[9]);
        var write = WriteAsync(new byte[9]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(new byte[9]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(new byte[9]));
        Assert.False(read.IsCompleted || write.IsCompleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void A_write_waits_for_the_bytes_that_are_not_accepted(int takenToWait)
    {
        var bytes = Pattern.Create(1_000);
        _connection.Room = 100;
        _connection.TakenToWait = takenToWait;
        var write = WriteAsync(bytes);
        for (var rounds = 0; rounds < 100 && !write.IsCompleted; rounds++)
            _connection.BecomeWritable(room: 10);
        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal(bytes, _connection.Sent);
        Assert.False(_connection.AwaitsWritable);
    }

    [Fact]
    public async Task A_write_to_a_closed_connection_fails()
    {
        _connection.Room = -1;
        await Assert.ThrowsAsync<IOException>(() => WriteAsync(new byte[1]));
        _connection.Room = 0;
        var write = WriteAsync(new byte[1]);
        _connection.BecomeWritable(room: -1);
        await Assert.ThrowsAsync<IOException>(() => write);
    }

    [Fact]
    public async Task Disposal_closes_the_connection_ends_pending_operations_and_returns_the_buffer()
    {
        Push("kept"u8);
        _connection.Room = 0;
        var write = WriteAsync(new byte[9]);
        await _stream.DisposeAsync();
        Assert.Equal(1, _connection.Closes);
        await Assert.ThrowsAsync<IOException>(() => write);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(new byte[9]));
        Push("late"u8);
    }

    private static TransportStream Open(ScriptedConnection connection)
    {
        var stream = new TransportStream(connection);
        stream.Start();
        return stream;
    }

    private async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);

    private async Task WriteAsync(byte[] bytes) => await _stream.WriteAsync(bytes).ConfigureAwait(false);

    private void Push(ReadOnlySpan<byte> bytes) => _connection.Handler.OnReceived(bytes.ToArray());
}
