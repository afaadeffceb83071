import { Global, Module } from '@nestjs/common';
import { Duck } from './duck.js';

@Global()
@Module({ providers: [Duck], exports: [Duck] })
export class DuckModule {}
