namespace Checkers.Web;

/// <summary>The list of games for the page, without PDN. Each part is ordered from new to old.</summary>
/// <param name="Open">Games with a free seat.</param>
/// <param name="Running">Games to watch.</param>
/// <param name="Finished">Games to replay.</param>
internal sealed record GameListView(ListedGame[] Open, ListedGame[] Running, ListedGame[] Finished);
