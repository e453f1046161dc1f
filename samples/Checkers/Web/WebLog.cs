namespace Checkers.Web;

/// <summary>The log events of the page's server.</summary>
internal static partial class WebLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The list of games cannot be read or written; trying again.")]
    public static partial void ListFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The room '{Room}' cannot be opened. The list may show an old state of its game.")]
    public static partial void GameNotOpened(ILogger logger, Exception error, string room);
}
