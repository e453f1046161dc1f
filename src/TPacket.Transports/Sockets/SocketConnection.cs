using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Sockets;

/// <summary>
/// A TCP connection on a non-blocking <see cref="Socket"/>. While it waits for input it holds no buffer: it waits with a zero-byte receive
/// and reads into a buffer of the thread that is woken.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "End disposes of what the connection owns; it is the only way a connection ends.")]
internal sealed class SocketConnection : TransportConnection, IThreadPoolWorkItem
{
    private const int ReceiveBufferLength = 64 * 1024;
    private const int WaitingSendLength = 4096;

    // How the receive loop stands. It leaves Receiving only by itself, so that Close and ResumeReceiving know whether they have to wake it.
    private const int Receiving = 0;
    private const int PauseRequested = 1;
    private const int Parked = 2;

    // How sending stands: a shutdown comes after what a waiting send has taken.
    private const int SendWaits = 1;
    private const int ShutdownAsked = 2;

    [ThreadStatic]
    private static byte[]? _receiveBuffer;

    private readonly Socket _socket;
    private readonly TimeSpan _linger;
    private readonly SocketAsyncEventArgs _readable;
    private UseCount _users = new();
    private TransportHandler _handler = null!;
    private WaitingSend? _waitingSend;
    private int _receiveState;
    private int _sendState;
    private int _owedWritables;
    private bool _sending;
    private bool _shutDown;
    private bool _closing;
    private bool _endOfInput;
    private Exception? _fault;
    private SocketError _sendError;
    private Exception? _end;

    private SocketConnection(Socket socket, TimeSpan linger)
    {
        _socket = socket;
        _linger = linger;
        RemoteEndPoint = NullIfUnnamed(socket.RemoteEndPoint);
        _readable = new SocketAsyncEventArgs(true);
        _readable.SetBuffer([], 0, 0);
        _readable.Completed += static (_, args) => ((SocketConnection)args.UserToken!).OnReadable();
        _readable.UserToken = this;
    }

    public override EndPoint? LocalEndPoint
    {
        get
        {
            try
            {
                return NullIfUnnamed(_socket.LocalEndPoint);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return null;
            }
        }
    }

    public override EndPoint? RemoteEndPoint { get; }

    public override bool HasUnreadInput
    {
        get
        {
            try
            {
                return Volatile.Read(ref _receiveState) == Receiving && !Volatile.Read(ref _endOfInput) && _socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Prepares an accepted or connected socket, which the connection then owns; null when its peer is gone already.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="linger">How long the system keeps sending for the connection once it is closed.</param>
    /// <param name="sendBufferBytes">How many bytes the system may buffer for the peer; 0 for as many as the socket says.</param>
    public static SocketConnection? TryCreate(Socket socket, TimeSpan linger, int sendBufferBytes = 0)
    {
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix)
                socket.NoDelay = true;
            if (sendBufferBytes > 0)
                socket.SendBufferSize = sendBufferBytes;
            socket.Blocking = false;
            return new SocketConnection(socket, linger);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public override void Start(TransportHandler handler)
    {
        _handler = handler;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => ReceiveLoop();

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _sending, true);
        try
        {
            var sent = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is SocketError.Success or SocketError.WouldBlock)
                return error == SocketError.Success ? sent : 0;
            SendFailed(error);
            return -1;
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
        finally
        {
            Volatile.Write(ref _sending, false);
        }
    }

    public override int SendWhenWritable(ReadOnlySpan<byte> bytes)
    {
        // After the end there is nobody left to tell.
        if (!_users.TryEnter())
            return 0;
        Interlocked.Or(ref _sendState, SendWaits);
        _waitingSend ??= new WaitingSend(this, _socket);
        return _waitingSend.Begin(bytes[..Math.Min(bytes.Length, WaitingSendLength)]);
    }

    public override void PauseReceiving() => Interlocked.CompareExchange(ref _receiveState, PauseRequested, Receiving);

    public override void ResumeReceiving()
    {
        if (Interlocked.Exchange(ref _receiveState, Receiving) == Parked)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public override void ShutdownSend()
    {
        if ((Interlocked.Or(ref _sendState, ShutdownAsked) & SendWaits) == 0)
            ShutDownSocket();
    }

    public override void Close()
    {
        Volatile.Write(ref _closing, true);
        BoundLinger();
        // A socket that is disposed while it waits for input drops what it has taken and sends a reset, unless it was shut down before.
        ShutDownSocket();
        _socket.Dispose();
        ResumeReceiving();
    }

    public override void Abort()
    {
        Volatile.Write(ref _closing, true);
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone, or the connection was closed before.
        }

        _socket.Dispose();
        ResumeReceiving();
    }

    /// <summary>A waiting send is over.</summary>
    internal void SendEnded(SocketError error)
    {
        if (error != SocketError.Success)
            SendFailed(error);
        if ((Interlocked.And(ref _sendState, ~SendWaits) & ShutdownAsked) != 0)
            ShutDownSocket();
        // Whoever is telling tells once more: the handler may have asked again, and be about to return from the last time.
        if (Interlocked.Increment(ref _owedWritables) == 1)
        {
            do
                TellWritable();
            while (Interlocked.Decrement(ref _owedWritables) > 0);
        }

        Leave();
    }

    private void TellWritable()
    {
        try
        {
            // After an error the next TrySend says so.
            _handler.OnWritable();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The end is the receive loop's to tell.
            if (!Volatile.Read(ref _closing))
                _fault = e;
            Close();
        }
    }

    /// <summary>Has the system give up on a peer that acknowledges nothing after the close.</summary>
    private void BoundLinger()
    {
        if (!OperatingSystem.IsLinux() || _socket.AddressFamily == AddressFamily.Unix || _linger <= TimeSpan.Zero)
            return;
        try
        {
            NativeSocket.SetUserTimeout(_socket, _linger);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone already, or somebody else has closed.
        }
    }

    private void ShutDownSocket()
    {
        Volatile.Write(ref _shutDown, true);
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone already; the receive loop finds out.
        }
    }

    /// <summary>A Unix domain socket that was not bound, as a client's, has no address.</summary>
    private static EndPoint? NullIfUnnamed(EndPoint? endPoint) => endPoint is UnixDomainSocketEndPoint && endPoint.ToString() is "" ? null : endPoint;

    private void OnReadable()
    {
        if (_readable.SocketError == SocketError.Success)
            ReceiveLoop();
        else
            End(_readable.SocketError);
    }

    private void ReceiveLoop()
    {
        // A batch for each read, so that a peer that sends without end does not hold back what others are owed.
        var goOn = true;
        while (goOn)
        {
            var batch = FlushBatch.Enter();
            try
            {
                goOn = ReceiveOnce();
            }
            finally
            {
                batch.Exit();
            }
        }
    }

    /// <summary>Receives what is there, or begins to wait for it.</summary>
    /// <returns>Whether to go on at once.</returns>
    private bool ReceiveOnce()
    {
        if (Interlocked.CompareExchange(ref _receiveState, Parked, PauseRequested) == PauseRequested)
        {
            // A Close that came before the loop was parked has not woken it.
            return Volatile.Read(ref _closing) && Interlocked.CompareExchange(ref _receiveState, Receiving, Parked) == Parked;
        }

        try
        {
            var buffer = _receiveBuffer ??= GC.AllocateUninitializedArray<byte>(ReceiveBufferLength);
            var received = _socket.Receive(buffer, 0, buffer.Length, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return !_socket.ReceiveAsync(_readable) && CompletedAtOnce();
            if (error != SocketError.Success)
                return End(error);
            if (received == 0)
                return EndOfInput();
            if (!TryDeliver(buffer.AsSpan(0, received)))
                return false;

            // A read that did not fill the buffer has emptied the socket: wait without asking once more.
            return received == buffer.Length
                || Volatile.Read(ref _receiveState) != Receiving
                || (!_socket.ReceiveAsync(_readable) && CompletedAtOnce());
        }
        catch (ObjectDisposedException)
        {
            return End(SocketError.OperationAborted);
        }
    }

    /// <summary>A fault of a handler costs its own connection, not the thread.</summary>
    private bool TryDeliver(Span<byte> bytes)
    {
        try
        {
            _handler.OnReceived(bytes);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return End(e);
        }
    }

    private bool CompletedAtOnce() => _readable.SocketError == SocketError.Success || End(_readable.SocketError);

    /// <summary>The system tells an error once: after a send has got it, the loop reads no more than an end of input, and may be parked there.</summary>
    private void SendFailed(SocketError error)
    {
        // Nothing is wrong with a connection that takes no more because this side has said so.
        if (error == SocketError.OperationAborted || (error == SocketError.Shutdown && Volatile.Read(ref _shutDown)))
            return;
        // What follows the first error only says that there was one.
        if (_sendError == SocketError.Success)
            _sendError = error;
        Interlocked.MemoryBarrier();
        if (_endOfInput)
            ResumeReceiving();
    }

    /// <summary>Parks the loop until <see cref="Close"/> or a failed send, which run it once more to its end.</summary>
    private bool EndOfInput()
    {
        var told = _endOfInput;
        _endOfInput = true;
        Interlocked.MemoryBarrier();
        // A send may have got the reset that reads as an end here; it never waits, so it is soon known.
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _sending))
            spinner.SpinOnce();
        if (_sendError != SocketError.Success)
            return End(_sendError);
        if (!told)
        {
            try
            {
                _handler.OnEndOfInput();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return End(e);
            }
        }

        Interlocked.Exchange(ref _receiveState, Parked);
        return (Volatile.Read(ref _closing) || _sendError != SocketError.Success) && Interlocked.CompareExchange(ref _receiveState, Receiving, Parked) == Parked;
    }

    private bool End(SocketError error) => End(new SocketException((int)error));

    private bool End(Exception error)
    {
        _end = Volatile.Read(ref _closing) ? _fault : error;
        _socket.Dispose();
        _readable.Dispose();
        Leave();
        return false;
    }

    /// <summary>The receive loop or a waiting send is over: the last one tells the end, so that nothing follows it.</summary>
    private void Leave()
    {
        if (!_users.Leave())
            return;
        _waitingSend?.Dispose();
        _handler.OnClosed(_end);
    }
}
