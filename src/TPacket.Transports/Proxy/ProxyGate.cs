using TPacket.Transports.Buffers;

namespace TPacket.Transports.Proxy;

/// <summary>Stands between a proxy's connection and its handler: reads the header, then lets everything through.</summary>
internal sealed class ProxyGate(TransportConnection connection, ProxyOptions options) : TransportHandler
{
    private readonly int _maxLength = Math.Max(options.MaxHeaderLength, TextProxyHeader.MaxLength);
    private readonly Lock _gate = new();
    private TransportHandler? _handler;
    private Action? _read;
    private Action<ProxyHeaderException?>? _ended;
    private ProxyHeaderException? _failure;
    private byte[]? _collected;
    private int _length;
    private bool _isRead;
    private bool _isStarted;

    // Between the header and a handler that comes later: what has come with the header, and the end, wait for it.
    private byte[] _rest = [];
    private bool _awaitsHandler;
    private bool _isBehind;
    private bool _isOver;
    private Exception? _error;

    /// <summary>The header; without addresses before it is read.</summary>
    public ProxyHeader Header { get; private set; } = ProxyHeader.Empty;

    public void Start(TransportHandler handler)
    {
        if (!_isStarted)
        {
            _handler = handler;
            Begin();
            return;
        }

        lock (_gate)
        {
            _handler = handler;
            if (!_awaitsHandler)
                return;
            _awaitsHandler = false;
        }

        // Not on this stack.
        ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.CatchUp(), this, preferLocal: false);
    }

    /// <summary>Reads the header without a handler.</summary>
    public void ReadHeader(Action read, Action<ProxyHeaderException?> ended)
    {
        (_read, _ended) = (read, ended);
        Begin();
    }

    /// <summary>Ends the connection for a reason, unless the header is read or another reason was found.</summary>
    public void Refuse(ProxyHeaderException failure)
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
            _handler?.OnReceived(bytes);
        else
            Read(bytes);
    }

    public override void OnEndOfInput()
    {
        if (_isRead)
            _handler?.OnEndOfInput();
        else
            Refuse(new ProxyHeaderException(ProxyHeaderFailure.PeerGone));
    }

    public override void OnWritable() => _handler?.OnWritable();

    public override void OnClosed(Exception? error)
    {
        if (_isRead)
        {
            lock (_gate)
            {
                _isOver = true;
                _error = error;
                // Somebody may still start it, to be told.
                if (_handler is null || _isBehind)
                    return;
            }

            _handler.OnClosed(error);
            return;
        }

        Release();

        if (error is not null)
            Refuse(new ProxyHeaderException(ProxyHeaderFailure.PeerGone, error));
        _ended?.Invoke(_failure);
        _handler?.OnClosed(_failure);
    }

    private void Begin()
    {
        _isStarted = true;
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
        // Of a header in pieces, no more is copied than it may have.
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
                Refuse(new ProxyHeaderException(status == ProxyReadStatus.Missing ? ProxyHeaderFailure.Missing : ProxyHeaderFailure.Malformed));
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
        lock (_gate)
        {
            if (_handler is null)
            {
                // It is to be started from elsewhere, as TLS does it, or is closed: until then nothing more is read.
                _awaitsHandler = true;
                _isBehind = true;
                _rest = rest.ToArray();
                connection.PauseReceiving();
                return;
            }
        }

        if (!rest.IsEmpty)
            _handler.OnReceived(rest);
    }

    /// <summary>Hands over what has come before there was a handler.</summary>
    private void CatchUp()
    {
        var batch = FlushBatch.Enter();
        try
        {
            if (_rest.Length > 0)
                _handler!.OnReceived(_rest);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            connection.Close();
        }
        finally
        {
            batch.Exit();
        }

        bool isOver;
        lock (_gate)
        {
            _isBehind = false;
            _rest = [];
            isOver = _isOver;
        }

        if (isOver)
            _handler!.OnClosed(_error);
        else
            connection.ResumeReceiving();
    }

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
