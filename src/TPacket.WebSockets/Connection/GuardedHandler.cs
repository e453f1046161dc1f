namespace TPacket.WebSockets.Connection;

/// <summary>Calls methods of the application's handler. An exception is reported to <see cref="WebSocketHandler.OnFailed"/> and does not reach the caller.</summary>
internal readonly struct GuardedHandler(WebSocketHandler handler)
{
    /// <summary>Calls <see cref="WebSocketHandler.OnResponse"/>.</summary>
    /// <returns>False if the handler has thrown.</returns>
    public bool TryRespond(UpgradeResponse response)
    {
        try
        {
            handler.OnResponse(response);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(e);
            return false;
        }
    }

    /// <summary>Calls <see cref="WebSocketHandler.OnOpen"/>.</summary>
    /// <returns>False if the handler has thrown.</returns>
    public bool TryOpen()
    {
        try
        {
            handler.OnOpen();
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(e);
            return false;
        }
    }

    /// <summary>Calls <see cref="WebSocketHandler.OnDrained"/>.</summary>
    /// <returns>False if the handler has thrown.</returns>
    public bool TryDrain()
    {
        try
        {
            handler.OnDrained();
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(e);
            return false;
        }
    }

    /// <summary>Calls <see cref="WebSocketHandler.OnClosed"/>.</summary>
    public void Close(ConnectionEnd end)
    {
        try
        {
            handler.OnClosed(end);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Report(e);
        }
    }

    /// <summary>Calls <see cref="WebSocketHandler.OnFailed"/>.</summary>
    /// <param name="error">The exception that another method of the handler has thrown.</param>
    public void Report(Exception error)
    {
        try
        {
            handler.OnFailed(error);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // OnFailed promises that its exceptions are ignored.
        }
    }
}
