namespace Checkers.Web;

/// <summary>The list of games that the page shows, each part with the newest first and without PDN.</summary>
/// <param name="Open">Games in which a seat is free.</param>
/// <param name="Running">Games to watch.</param>
/// <param name="Finished">Games to replay.</param>
internal sealed record GameListView(ListedGame[] Open, ListedGame[] Running, ListedGame[] Finished);
