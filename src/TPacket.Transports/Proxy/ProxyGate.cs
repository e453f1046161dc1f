using TPacket.Transports.Buffers;
using TPacket.Transports.Loops;

namespace TPacket.Transports.Proxy;

/// <summary>
/// The handler of a proxy's connection. The gate reads the header and then forwards all events to the handler of <see cref="Start"/>. If the header is read before <see cref="Start"/>, the gate stores
/// the bytes that follow the header and pauses receiving until the start.
/// </summary>
internal sealed class ProxyGate(TransportConnection connection, ProxyOptions options) : TransportHandler
{
    private readonly int _maxLength = Math.Max(options.MaxHeaderLength, TextProxyHeader.MaxLength);
    private readonly Lock _gate = new();
    private TransportHandler? _handler;
    private Action? _read;
    private Action<ProxyHeaderException?>? _ended;
    private ProxyHeaderException? _failure;
    private Exception? _fault;
    private byte[]? _collected;
    private int _length;
    private bool _isBegun;
    private bool _isRead;
    private bool _isParked;
    private bool _isClosed;
    private Exception? _end;

    /// <summary>The header; <see cref="ProxyHeader.Empty"/> before it was read.</summary>
    public ProxyHeader Header { get; private set; } = ProxyHeader.Empty;

    public void Start(TransportHandler handler)
    {
        lock (_gate)
        {
            _handler = handler;
            if (_isBegun && !_isParked)
                return;
        }

        if (_isBegun)
            ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.Unpark(), this, preferLocal: false);
        else
            Begin();
    }

    /// <summary>Begins to read the header before <see cref="Start"/>.</summary>
    /// <param name="read">Called after the header was read. No bytes are delivered before <see cref="Start"/>.</param>
    /// <param name="ended">Called if the connection ends without a header, with the reason, or null after a close.</param>
    public void ReadHeader(Action read, Action<ProxyHeaderException?> ended)
    {
        (_read, _ended) = (read, ended);
        Begin();
    }

    /// <summary>Rejects the connection and closes it, unless the header was read or the connection was already rejected.</summary>
    public void Reject(ProxyHeaderException failure)
    {
        lock (_gate)
        {
            if (_isRead || _failure is not null)
                return;
            _failure = failure;
        }

        connection.Close();
    }

    public override void OnReceived(Span<byte> bytes)
    {
        if (_isRead)
            _handler!.OnReceived(bytes);
        else
            Read(bytes);
    }

    public override void OnEndOfInput()
    {
        if (_isRead)
            _handler!.OnEndOfInput();
        else
            Reject(PeerDisconnected());
    }

    public override void OnWritable()
    {
        try
        {
            _handler?.OnWritable();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The handler may throw before the header is read. OnClosed reports this exception then, and no error of the header.
            _fault = e;
            throw;
        }
    }

    public override void OnClosed(Exception? error)
    {
        if (error is not null && _fault is null)
            Reject(PeerDisconnected(error));
        lock (_gate)
        {
            _end = _fault ?? (_isRead ? error : _failure);
            _isClosed = true;
            // Unpark delivers the stored bytes before the end.
            if (!_isParked || _handler is null)
                Release();
            if (_isParked)
                return;
        }

        if (!_isRead)
            _ended?.Invoke(_failure);
        _handler?.OnClosed(_end);
    }

    private void Begin()
    {
        _isBegun = true;
        if (!options.Trusts(connection.RemoteEndPoint))
            _failure = new ProxyHeaderException(ProxyHeaderFailure.Untrusted);
        connection.Start(this);
        if (_failure is not null)
            connection.Close();
    }

    private void Read(Span<byte> bytes)
    {
        if (_failure is not null)
            return;
        var before = _length;
        // For a header in pieces, no more bytes are copied than a header may have.
        var taken = before == 0 ? bytes.Length : Math.Min(bytes.Length, _maxLength - before);
        ReadOnlySpan<byte> input = before == 0 ? bytes : Collect(bytes[..taken]);
        var status = ProxyHeaderReader.TryRead(input, options.MaxHeaderLength, out var header, out var consumed);
        switch (status)
        {
            case ProxyReadStatus.NeedMore:
                if (before == 0)
                    Collect(bytes);
                break;
            case ProxyReadStatus.Done:
                Release();
                Open(header, bytes[(consumed - before)..]);
                break;
            default:
                Reject(new ProxyHeaderException(status == ProxyReadStatus.Missing ? ProxyHeaderFailure.Missing : ProxyHeaderFailure.Malformed));
                break;
        }
    }

    private void Open(ProxyHeader header, Span<byte> rest)
    {
        lock (_gate)
        {
            if (_failure is not null)
                return;
            Header = header;
            _isRead = true;
        }

        _read?.Invoke();
        if (TryPark(rest))
            return;
        if (!rest.IsEmpty)
            _handler!.OnReceived(rest);
    }

    /// <summary>Stores the bytes that follow the header until <see cref="Start"/>.</summary>
    /// <returns>False if the connection was already started.</returns>
    private bool TryPark(ReadOnlySpan<byte> rest)
    {
        lock (_gate)
        {
            if (_handler is not null)
                return false;
            _isParked = true;
            _length = rest.Length;
            if (!rest.IsEmpty)
                _collected = BufferPool.Rent(rest.Length);
            rest.CopyTo(_collected);
            connection.PauseReceiving();
            return true;
        }
    }

    /// <summary>Delivers the stored bytes after a late start.</summary>
    private void Unpark()
    {
        if (!_isClosed && _length > 0)
            Deliver(_collected.AsSpan(0, _length));
        lock (_gate)
        {
            _isParked = false;
            Release();
            if (!_isClosed)
            {
                connection.ResumeReceiving();
                return;
            }
        }

        _handler!.OnClosed(_fault ?? _end);
    }

    /// <summary>Delivers bytes. An exception of the handler closes the connection, as in a call from the transport.</summary>
    private void Deliver(Span<byte> bytes)
    {
        var batch = FlushBatch.Enter();
        try
        {
            _handler!.OnReceived(bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _fault = e;
            connection.Close();
        }
        finally
        {
            batch.Exit();
        }
    }

    private ProxyHeaderException PeerDisconnected(Exception? error = null) => new(ProxyHeaderFailure.PeerDisconnected, error) { IsBeforeFirstByte = _length == 0 };

    private Span<byte> Collect(ReadOnlySpan<byte> bytes)
    {
        _collected ??= BufferPool.Rent(_maxLength);
        bytes.CopyTo(_collected.AsSpan(_length));
        _length += bytes.Length;
        return _collected.AsSpan(0, _length);
    }

    private void Release()
    {
        if (_collected is not null)
            BufferPool.Return(_collected);
        _collected = null;
    }
}
