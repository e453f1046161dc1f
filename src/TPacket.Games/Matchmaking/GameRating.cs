using TPacket.Server;

namespace TPacket.Games;

/// <summary>Returns the rating of a member who looks for an opponent.</summary>
/// <param name="member">The member.</param>
/// <param name="game">The prefix of the game's room names.</param>
/// <param name="claimed">The rating that the member's client has sent; 0 for none. It is untrusted.</param>
/// <returns>The rating, -100,000 to 100,000; null to refuse the member.</returns>
public delegate int? GameRating(RoomMember member, string game, int claimed);
