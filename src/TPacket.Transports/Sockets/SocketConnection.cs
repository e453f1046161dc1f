using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Loops;

namespace TPacket.Transports.Sockets;

/// <summary>
/// A connection on a non-blocking <see cref="Socket"/>. It holds no buffer while it waits for input: it waits with a zero-byte receive and then reads into a buffer of the current thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "End disposes of the fields. It is the only way in which a connection ends.")]
internal sealed class SocketConnection : TransportConnection, IThreadPoolWorkItem
{
    private const int ReceiveBufferLength = 64 * 1024;
    private const int WaitingSendLength = 4096;

    // The states of the receive loop. Only the loop's own thread leaves Receiving, so that Close and ResumeReceiving know whether they must wake the loop.
    private const int Receiving = 0;
    private const int PauseRequested = 1;
    private const int Parked = 2;

    // The flags of sending. A shutdown follows the bytes that a waiting send has accepted.
    private const int SendWaits = 1;
    private const int ShutdownRequested = 2;

    [ThreadStatic]
    private static byte[]? _receiveBuffer;

    private readonly Socket _socket;
    private readonly TimeSpan _linger;
    private readonly SocketAsyncEventArgs _readable;
    private ReferenceCount _references = new();
    private TransportHandler _handler = null!;
    private WaitingSend? _waitingSend;
    private int _receiveState;
    private int _sendState;
    private int _pendingWritables;
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
        RemoteEndPoint = ManagedSocket.RemoteEndPoint(socket);
        _readable = new SocketAsyncEventArgs(true);
        _readable.SetBuffer([], 0, 0);
        _readable.Completed += static (_, args) => ((SocketConnection)args.UserToken!).OnReadable();
        _readable.UserToken = this;
    }

    public override EndPoint? LocalEndPoint => ManagedSocket.LocalEndPoint(_socket);

    public override EndPoint? RemoteEndPoint { get; }

    public override bool HasUnreadInput =>
        Volatile.Read(ref _receiveState) == Receiving && !Volatile.Read(ref _endOfInput) && ManagedSocket.HasInput(_socket);

    /// <summary>Prepares a connection on an accepted or connected socket, which it then owns. Returns null if the peer has already disconnected.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="linger">The time for which the system still sends after the close (<see cref="TransportOptions.Linger"/>).</param>
    /// <param name="sendBufferBytes">The size of the system's send buffer; 0 for the size that the socket has.</param>
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
        // After the end, no notification follows.
        if (!_references.TryAdd())
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
        if ((Interlocked.Or(ref _sendState, ShutdownRequested) & SendWaits) == 0)
            ShutDownSocket();
    }

    public override void Close()
    {
        Volatile.Write(ref _closing, true);
        Volatile.Write(ref _shutDown, true);
        ManagedSocket.Close(_socket, _linger);
        ResumeReceiving();
    }

    public override void Abort()
    {
        Volatile.Write(ref _closing, true);
        ManagedSocket.Reset(_socket);
        ResumeReceiving();
    }

    /// <summary>Continues after a waiting send has ended.</summary>
    internal void SendEnded(SocketError error)
    {
        if (error != SocketError.Success)
            SendFailed(error);
        if ((Interlocked.And(ref _sendState, ~SendWaits) & ShutdownRequested) != 0)
            ShutDownSocket();
        // A thread that is notifying the handler does so once more: the handler may have made another request and be about to return.
        if (Interlocked.Increment(ref _pendingWritables) == 1)
        {
            do
                NotifyWritable();
            while (Interlocked.Decrement(ref _pendingWritables) > 0);
        }

        Leave();
    }

    private void NotifyWritable()
    {
        try
        {
            // After an error, the next TrySend returns -1.
            _handler.OnWritable();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The receive loop notifies the handler of the end.
            if (!Volatile.Read(ref _closing))
                _fault = e;
            Close();
        }
    }

    private void ShutDownSocket()
    {
        Volatile.Write(ref _shutDown, true);
        ManagedSocket.ShutdownSend(_socket);
    }

    private void OnReadable()
    {
        if (_readable.SocketError == SocketError.Success)
            ReceiveLoop();
        else
            End(_readable.SocketError);
    }

    private void ReceiveLoop()
    {
        // Each read has its own batch, so that a peer that sends without end does not delay output for others.
        var continues = true;
        while (continues)
        {
            var batch = FlushBatch.Enter();
            try
            {
                continues = ReceiveOnce();
            }
            finally
            {
                batch.Exit();
            }
        }
    }

    /// <summary>Receives the available bytes or begins to wait for input.</summary>
    /// <returns>Whether the loop continues at once.</returns>
    private bool ReceiveOnce()
    {
        if (Interlocked.CompareExchange(ref _receiveState, Parked, PauseRequested) == PauseRequested)
        {
            // A Close before the loop was parked has not woken it.
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

            // A read that did not fill the buffer has emptied the socket, so the loop waits without another read.
            return received == buffer.Length
                || Volatile.Read(ref _receiveState) != Receiving
                || (!_socket.ReceiveAsync(_readable) && CompletedAtOnce());
        }
        catch (ObjectDisposedException)
        {
            return End(SocketError.OperationAborted);
        }
    }

    /// <summary>Delivers bytes. An exception of the handler closes its connection and does not end the thread.</summary>
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

    /// <summary>
    /// Stores the error of a send. The system reports an error only once, so the receive loop reads an end of input instead and may already be parked there.
    /// </summary>
    private void SendFailed(SocketError error)
    {
        // An error after this side's shutdown or close is expected.
        if (error == SocketError.OperationAborted || (error == SocketError.Shutdown && Volatile.Read(ref _shutDown)))
            return;
        // Only the first error has a meaning.
        if (_sendError == SocketError.Success)
            _sendError = error;
        Interlocked.MemoryBarrier();
        if (_endOfInput)
            ResumeReceiving();
    }

    /// <summary>Delivers the end of the input and parks the loop. <see cref="Close"/> or a failed send resumes the loop, which then ends.</summary>
    private bool EndOfInput()
    {
        var notified = _endOfInput;
        _endOfInput = true;
        Interlocked.MemoryBarrier();
        // A concurrent send may have received the reset that reads as an end of input here. A send never waits, so this spins briefly.
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _sending))
            spinner.SpinOnce();
        if (_sendError != SocketError.Success)
            return End(_sendError);
        if (!notified)
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

    /// <summary>Unregisters the receive loop or a waiting send. The last of them notifies the handler of the end, so that no other call follows.</summary>
    private void Leave()
    {
        if (!_references.Release())
            return;
        _waitingSend?.Dispose();
        _handler.OnClosed(_end);
    }
}
