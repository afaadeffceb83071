import { Injectable } from '@nestjs/common';

// Each subscriber knows the payload of its topic.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type EventReaction = (payload: any) => Promise<void>;

/**
 * Who wants to know of what. A downstream module subscribes to an upstream module's topic when it starts; the upstream
 * module never names it.
 */
@Injectable()
export class EventSubscriptions {
  private readonly topics = new Map<string, Map<string, EventReaction>>();

  /**
   * Call `react` for every event of `topic`, at least once, in a unit of work of its own in the event's project, as a
   * system actor. What it writes through that unit happens exactly once. `subscriber` is a stable name: deliveries
   * that are still under way are stored with it. Throws when the name is taken.
   */
  on(topic: string, subscriber: string, react: EventReaction): void {
    const subscribers = this.topics.get(topic) ?? new Map<string, EventReaction>();
    if (subscribers.has(subscriber)) throw new Error(`${subscriber} has subscribed to ${topic} twice`);
    this.topics.set(topic, subscribers.set(subscriber, react));
  }

  subscribersOf(topic: string): string[] {
    return [...(this.topics.get(topic)?.keys() ?? [])];
  }

  find(topic: string, subscriber: string): EventReaction | undefined {
    return this.topics.get(topic)?.get(subscriber);
  }
}
