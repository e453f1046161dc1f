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

    /// <summary>The header; without addresses before it is read.</summary>
    public ProxyHeader Header { get; private set; } = ProxyHeader.Empty;

    public void Start(TransportHandler handler)
    {
        _handler = handler;
        if (!_isStarted)
            Begin();
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
        Release();
        if (_isRead)
        {
            _handler?.OnClosed(error);
            return;
        }

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
        // Whoever was to start it has closed it, or has forgotten both.
        if (_handler is null)
            connection.Close();
        else if (!rest.IsEmpty)
            _handler.OnReceived(rest);
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
